"""Answers that the checks of the chapter mechanism must refuse, each put in the place of its stub."""


# %% exercise-1 the unbiased variance
def forward(x, gamma, beta, eps):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0, ddof=1) + eps) + beta


# %% exercise-1 eps outside the root
def forward(x, gamma, beta, eps):
    return gamma * (x - x.mean(axis=0)) / (x.std(axis=0) + eps) + beta


# %% exercise-1 over features instead of examples
def forward(x, gamma, beta, eps):
    x_hat = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(
        x.var(axis=1, keepdims=True) + eps
    )
    return gamma * x_hat + beta


# %% exercise-1 beta forgotten
def forward(x, gamma, beta, eps):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)


# %% exercise-1 gamma forgotten
def forward(x, gamma, beta, eps):
    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta


# %% exercise-1 an error in the code
def forward(x, gamma, beta, eps):
    return gama * x + beta


# %% exercise-2 mean and variance held constant
def gradients(dy, x_hat, gamma, s):
    return gamma / s * dy, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


# %% exercise-2 the direction x_hat left in
def gradients(dy, x_hat, gamma, s):
    dx = gamma / s * (dy - dy.mean(axis=0))
    return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


# %% exercise-2 gamma forgotten
def gradients(dy, x_hat, gamma, s):
    dbeta, dgamma = dy.sum(axis=0), (dy * x_hat).sum(axis=0)
    return (dy - dbeta / len(dy) - x_hat * dgamma / len(dy)) / s, dgamma, dbeta


# %% exercise-2 means instead of sums
def gradients(dy, x_hat, gamma, s):
    dbeta, dgamma = dy.mean(axis=0), (dy * x_hat).mean(axis=0)
    return gamma / s * (dy - dbeta - x_hat * dgamma), dgamma, dbeta


# %% exercise-2 a sum where the mean belongs
def gradients(dy, x_hat, gamma, s):
    dbeta, dgamma = dy.sum(axis=0), (dy * x_hat).sum(axis=0)
    return gamma / s * (dy - dbeta - x_hat * dgamma), dgamma, dbeta


# %% exercise-3 momentum as the weight of the old
def update(running_mean, running_var, x, momentum):
    new_mean = momentum * running_mean + (1 - momentum) * x.mean(axis=0)
    new_var = momentum * running_var + (1 - momentum) * x.var(axis=0, ddof=1)
    return new_mean, new_var


# %% exercise-3 the biased variance
def update(running_mean, running_var, x, momentum):
    new_mean = (1 - momentum) * running_mean + momentum * x.mean(axis=0)
    new_var = (1 - momentum) * running_var + momentum * x.var(axis=0)
    return new_mean, new_var


# %% exercise-3 the standard deviation
def update(running_mean, running_var, x, momentum):
    new_mean = (1 - momentum) * running_mean + momentum * x.mean(axis=0)
    new_var = (1 - momentum) * running_var + momentum * x.std(axis=0, ddof=1)
    return new_mean, new_var


# %% exercise-4 the whole gap
half_gap = 2 * np.sqrt(1e-5 / 3)

# %% exercise-4 the root forgotten
half_gap = 1e-5 / 3

# %% exercise-4 where the output's square is a half
half_gap = np.sqrt(1e-5)

# %% exercise-4 the wrong sign
half_gap = -np.sqrt(1e-5 / 3)
