"""Answers that the checks of the chapter cross-talk must refuse, each put in the place of its stub."""


# %% exercise-1 the batch forgotten -> where is m
def too_far(m, keep):
    return np.sqrt(1 / keep**2 - 1)


# %% exercise-1 m outside the root -> m comes under the root
def too_far(m, keep):
    return m * np.sqrt(1 / keep**2 - 1)


# %% exercise-1 where it becomes loud -> Which factor does keep ask for
def too_far(m, keep):
    return np.sqrt(m)


# %% exercise-1 keep not squared -> Solve keep
def too_far(m, keep):
    return np.sqrt(m * (1 / keep - 1))


# %% exercise-2 the variance over m -> kept over m − 1
def two_values(mean_0, var_0, mean_1, var_1, momentum):
    mean = (mean_1 - (1 - momentum) * mean_0) / momentum
    half_gap = np.sqrt((var_1 - (1 - momentum) * var_0) / momentum)
    return mean - half_gap, mean + half_gap


# %% exercise-2 momentum as the weight of the old -> momentum is the weight of the new batch
def two_values(mean_0, var_0, mean_1, var_1, momentum):
    mean = (mean_1 - momentum * mean_0) / (1 - momentum)
    half_gap = np.sqrt((var_1 - momentum * var_0) / (1 - momentum) / 2)
    return mean - half_gap, mean + half_gap


# %% exercise-2 no root -> take the root
def two_values(mean_0, var_0, mean_1, var_1, momentum):
    mean = (mean_1 - (1 - momentum) * mean_0) / momentum
    half_gap = (var_1 - (1 - momentum) * var_0) / momentum / 2
    return mean - half_gap, mean + half_gap


# %% exercise-2 the larger first -> Smaller first
def two_values(mean_0, var_0, mean_1, var_1, momentum):
    mean = (mean_1 - (1 - momentum) * mean_0) / momentum
    half_gap = np.sqrt((var_1 - (1 - momentum) * var_0) / momentum / 2)
    return mean + half_gap, mean - half_gap
