"""Answers that the checks of the chapter gradient-flow must refuse, each put in the place of its stub."""


# %% exercise-1 the growth of the square
def explosion(depth):
    return (np.pi / (np.pi - 1)) ** (depth - 1)


# %% exercise-1 one layer too many
def explosion(depth):
    return (np.pi / (np.pi - 1)) ** (depth / 2)


# %% exercise-1 a gradient that vanishes
def explosion(depth):
    return (1 - 1 / np.pi) ** ((depth - 1) / 2)


# %% exercise-1 the rate without activation
def explosion(depth):
    return 1.0


# %% exercise-1 growth that only adds up
def explosion(depth):
    return 1 + (depth - 1) * (np.pi / (np.pi - 1) - 1)


# %% exercise-2 the median taken for the mean
part_on = 0.5

# %% exercise-2 the part that is off
part_on = 1 / np.sqrt(3)

# %% exercise-2 the mean itself
part_on = 1 / 3

# %% exercise-2 the square forgotten
part_on = 1 - 1 / 3


# %% exercise-3 the root of the depth
def largest_scale(blocks):
    return 1 / np.sqrt(blocks)


# %% exercise-3 safe but too small
def largest_scale(blocks):
    return 1 / blocks


# %% exercise-3 growth that only adds up
def largest_scale(blocks):
    return 9 / blocks


# %% exercise-3 the approximation for many blocks
def largest_scale(blocks):
    return np.log(10) / blocks


# %% exercise-3 right for a hundred blocks only
def largest_scale(blocks):
    return 10 ** (1 / 100) - 1


# %% exercise-4 always a half
true_ones = {"A", "B", "D"}

# %% exercise-4 a negative gamma kills
true_ones = {"A", "C", "D"}

# %% exercise-4 as if evaluation mode used the batch
true_ones = {"A", "D", "E"}

# %% exercise-4 the dead and their beta
true_ones = {"A"}

# %% exercise-4 immune only by accident
true_ones = {"D"}
