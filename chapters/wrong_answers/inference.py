"""Answers that the checks of the chapter inference must refuse, each put in the place of its stub."""


# %% exercise-1 momentum as the weight of the old -> momentum is the weight of the new batch
def update(running_mean, running_var, x, momentum):
    new_mean = momentum * running_mean + (1 - momentum) * x.mean(axis=0)
    new_var = momentum * running_var + (1 - momentum) * x.var(axis=0, ddof=1)
    return new_mean, new_var


# %% exercise-1 the biased variance -> over m or over m − 1
def update(running_mean, running_var, x, momentum):
    new_mean = (1 - momentum) * running_mean + momentum * x.mean(axis=0)
    new_var = (1 - momentum) * running_var + momentum * x.var(axis=0)
    return new_mean, new_var


# %% exercise-1 the standard deviation -> not standard deviations
def update(running_mean, running_var, x, momentum):
    new_mean = (1 - momentum) * running_mean + momentum * x.mean(axis=0)
    new_var = (1 - momentum) * running_var + momentum * x.std(axis=0, ddof=1)
    return new_mean, new_var


# %% exercise-2 the old bias not scaled -> The old b goes through the norm too
def fold(W, b, gamma, beta, mean, var, eps):
    factor = gamma / np.sqrt(var + eps)
    return factor[:, None] * W, b + beta - factor * mean


# %% exercise-2 eps outside the root -> where does eps belong
def fold(W, b, gamma, beta, mean, var, eps):
    factor = gamma / (np.sqrt(var) + eps)
    return factor[:, None] * W, beta + factor * (b - mean)


# %% exercise-2 eps forgotten -> where does eps belong
def fold(W, b, gamma, beta, mean, var, eps):
    factor = gamma / np.sqrt(var)
    return factor[:, None] * W, beta + factor * (b - mean)


# %% exercise-2 the variance in place of its root -> The factor of W
def fold(W, b, gamma, beta, mean, var, eps):
    factor = gamma / (var + eps)
    return factor[:, None] * W, beta + factor * (b - mean)


# %% exercise-2 gamma forgotten in W -> The factor of W
def fold(W, b, gamma, beta, mean, var, eps):
    s = np.sqrt(var + eps)
    return W / s[:, None], beta + gamma / s * (b - mean)


# %% exercise-2 the mean forgotten -> The new b
def fold(W, b, gamma, beta, mean, var, eps):
    factor = gamma / np.sqrt(var + eps)
    return factor[:, None] * W, beta + factor * b


# %% exercise-2 W alone -> Return two arrays
def fold(W, b, gamma, beta, mean, var, eps):
    return gamma[:, None] / np.sqrt(var + eps)[:, None] * W
