"""Answers that the checks of the chapter small-batches must refuse, each put in the place of its stub."""


# %% exercise-1 the places forgotten -> the places count too
def mean_misses_by(shape, rho):
    return 1 / np.sqrt(shape[0])


# %% exercise-1 the correlation forgotten -> right for independent places
def mean_misses_by(shape, rho):
    return 1 / np.sqrt(shape[0] * np.prod(shape[2:]))


# %% exercise-1 the variance of the mean -> Its standard deviation is asked for
def mean_misses_by(shape, rho):
    n = np.prod(shape[2:])
    return (1 + (n - 1) * rho) / (shape[0] * n)


# %% exercise-1 the channels counted -> Channels have statistics of their own
def mean_misses_by(shape, rho):
    n = np.prod(shape[1:])
    return np.sqrt((1 + (n - 1) * rho) / (shape[0] * n))


# %% exercise-1 n for n - 1 in the formula -> put them into the formula
def mean_misses_by(shape, rho):
    n = np.prod(shape[2:])
    return np.sqrt((1 + n * rho * (n > 1)) / (shape[0] * n))


# %% exercise-2 accumulation taken for a large batch -> whose mean normalises a pair
true_ones = "ABCE"

# %% exercise-2 layer norm forgotten -> look beyond the example
true_ones = "CE"

# %% exercise-2 instance norm in evaluation too -> which statistics does evaluation mode use
true_ones = "BCDE"

# %% exercise-2 instance norm denied -> over which values is each mean taken
true_ones = "BE"

# %% exercise-2 counting anew taken for a cure -> how was the network of the first picture judged
true_ones = "BCEF"

# %% exercise-2 renorm taken for a gradient -> constants on the way back
true_ones = "BCEG"

# %% exercise-2 the kurtosis forgotten -> what is its kurtosis
true_ones = "BC"
