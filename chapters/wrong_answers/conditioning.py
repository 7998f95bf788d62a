"""Answers that the checks of the chapter conditioning must refuse, each put in the place of its stub."""


# %% exercise-1 one rate for all -> One rate for all
def own_rates(lr, sigma):
    return np.full(3, lr)


# %% exercise-1 only the weight is scaled, not its gradient -> its gradient changes too
def own_rates(lr, sigma):
    return lr / sigma


# %% exercise-1 the wrong way round -> It diverges
def own_rates(lr, sigma):
    return lr * sigma**2


# %% exercise-1 scaled to the mean variance -> One rate for all
def own_rates(lr, sigma):
    return lr / np.mean(sigma**2) * np.ones(3)


# %% exercise-1 variances relative to the largest -> what is then the step of w
def own_rates(lr, sigma):
    return lr / sigma**2 * np.min(sigma) ** 2


# %% exercise-2 not standardised -> Standardise first
def steps_needed(cov, tol):
    kappa = np.linalg.cond(cov)
    return int(np.ceil(np.log(1 / tol) / np.log((kappa + 1) / (kappa - 1))))


# %% exercise-2 the quotient of the variances -> Standardise first
def steps_needed(cov, tol):
    kappa = np.diag(cov).max() / np.diag(cov).min()
    return int(np.ceil(np.log(1 / tol) / np.log((kappa + 1) / (kappa - 1))))


# %% exercise-2 the formula for a large condition number -> approximation for large κ
def steps_needed(cov, tol):
    sigma = np.sqrt(np.diag(cov))
    return int(
        np.ceil(np.linalg.cond(cov / np.outer(sigma, sigma)) / 2 * np.log(1 / tol))
    )


# %% exercise-2 rounded down -> round up
def steps_needed(cov, tol):
    sigma = np.sqrt(np.diag(cov))
    kappa = np.linalg.cond(cov / np.outer(sigma, sigma))
    return int(np.log(1 / tol) / np.log((kappa + 1) / (kappa - 1)))


# %% exercise-2 not rounded -> round up
def steps_needed(cov, tol):
    sigma = np.sqrt(np.diag(cov))
    kappa = np.linalg.cond(cov / np.outer(sigma, sigma))
    return np.log(1 / tol) / np.log((kappa + 1) / (kappa - 1))


# %% exercise-2 divided by the variances, not the standard deviations -> not by σ²
def steps_needed(cov, tol):
    var = np.diag(cov)
    kappa = np.linalg.cond(cov / np.outer(var, var))
    return int(np.ceil(np.log(1 / tol) / np.log((kappa + 1) / (kappa - 1))))


# %% exercise-2 the largest two eigenvalues -> which two eigenvalues count
def steps_needed(cov, tol):
    sigma = np.sqrt(np.diag(cov))
    *_, low, high = np.linalg.eigvalsh(cov / np.outer(sigma, sigma))
    return int(np.ceil(np.log(1 / tol) / np.log((high + low) / (high - low))))


# %% exercise-2 the correlation of the first two features alone -> which two eigenvalues count
def steps_needed(cov, tol):
    rho = abs(cov[0, 1]) / np.sqrt(cov[0, 0] * cov[1, 1])
    return int(np.ceil(np.log(1 / tol) / np.log(1 / rho)))
