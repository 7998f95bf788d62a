"""Answers that the checks of the chapter bias must refuse, each put in the place of its stub."""

# %% exercise-1 dropout taken for harmless
dead = {"A", "B", "C", "F"}

# %% exercise-1 padding overlooked
dead = {"A", "B", "D", "F"}

# %% exercise-1 the maximum taken for a ReLU
dead = {"A", "F"}

# %% exercise-1 everything without a bend
dead = {"A", "B", "C", "D", "F"}

# %% exercise-1 no letter of the list
dead = {"A", "B", "F", "G"}

# %% exercise-1 a string of letters
dead = "ABF"


# %% exercise-2 the wrong sign
def without_bias(running_mean, bias):
    return running_mean + bias


# %% exercise-2 the bias forgotten
def without_bias(running_mean, bias):
    return running_mean


# %% exercise-2 the bias alone
def without_bias(running_mean, bias):
    return -bias


# %% exercise-3 the true gradient
def careless_gradient(dy, gamma, s):
    return 0 * gamma


# %% exercise-3 the gradient of beta
def careless_gradient(dy, gamma, s):
    return dy.sum(axis=0)


# %% exercise-3 gamma forgotten
def careless_gradient(dy, gamma, s):
    return dy.sum(axis=0) / s


# %% exercise-3 a mean in place of the sum
def careless_gradient(dy, gamma, s):
    return gamma / s * dy.mean(axis=0)


# %% exercise-4 the gradient alone
left = 1.0

# %% exercise-4 the learning rate forgotten
left = (1 - 0.01) ** 1000

# %% exercise-4 a straight line
left = 1 - 1000 * 0.1 * 0.01

# %% exercise-4 the decay of the square
left = (1 - 2 * 0.1 * 0.01) ** 1000
