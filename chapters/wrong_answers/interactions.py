"""Answers that the checks of the chapter interactions must refuse, each put in the place of its stub."""

# %% exercise-1 the length in place of the rate -> how long the *length* takes
steps_to_wait = np.log(1000) / (0.1 * 5e-4)

# %% exercise-1 the logarithm to base 10 -> to base 10
steps_to_wait = np.log10(1000) / (2 * 0.1 * 5e-4)

# %% exercise-1 as if it grew along a straight line -> straight line
steps_to_wait = 1000 / (2 * 0.1 * 5e-4)

# %% exercise-1 η forgotten -> How often, until 1,000
steps_to_wait = np.log(1000) / (2 * 5e-4)


# %% exercise-2 the mean forgotten -> for values of mean 0
def variance_factor(mean, var, keep):
    return 1 / keep


# %% exercise-2 evaluation over training -> not the other way round
def variance_factor(mean, var, keep):
    return var / ((mean**2 + var) / keep - mean**2)


# %% exercise-2 kept values not divided -> of the old kind
def variance_factor(mean, var, keep):
    return keep + mean**2 / var * keep * (1 - keep)


# %% exercise-2 keep taken for PyTorch's p -> is its complement
def variance_factor(mean, var, keep):
    return 1 / (1 - keep) + mean**2 / var * keep / (1 - keep)


# %% exercise-2 the variance forgotten -> if the variance is another
def variance_factor(mean, var, keep):
    return 1 / keep + mean**2 * (1 - keep) / keep


# %% exercise-2 the mean of the square for the variance -> minus square of the mean
def variance_factor(mean, var, keep):
    return (mean**2 + var) / keep / var
