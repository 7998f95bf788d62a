"""Answers that the checks of the chapter bias must refuse, each put in the place of its stub."""

# %% exercise-1 dropout taken for harmless -> C: dropout
dead = {"A", "B", "C", "F"}

# %% exercise-1 padding overlooked -> D: which places
dead = {"A", "B", "D", "F"}

# %% exercise-1 the maximum taken for a ReLU -> There are more
dead = {"A", "F"}

# %% exercise-1 a bend overlooked -> E: is tanh
dead = ["A", "B", "E", "F"]

# %% exercise-1 no letter of the list -> Give letters
dead = {"A", "B", "F", "G"}


# %% exercise-2 the wrong sign -> The other way
def without_bias(running_mean, bias):
    return running_mean + bias


# %% exercise-2 the bias forgotten -> With the old mean
def without_bias(running_mean, bias):
    return running_mean


# %% exercise-2 the bias alone -> What is the mean of z
def without_bias(running_mean, bias):
    return -bias
