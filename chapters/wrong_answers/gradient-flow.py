"""Answers that the checks of the chapter gradient-flow must refuse, each put in the place of its stub."""


# %% exercise-1 the growth of the square -> growth of the square
def explosion(depth):
    return (np.pi / (np.pi - 1)) ** (depth - 1)


# %% exercise-1 one layer too many -> How many steps
def explosion(depth):
    return (np.pi / (np.pi - 1)) ** (depth / 2)


# %% exercise-1 a gradient that vanishes -> grows on its way back
def explosion(depth):
    return (1 - 1 / np.pi) ** ((depth - 1) / 2)


# %% exercise-1 the rate without activation -> grows on its way back
def explosion(depth):
    return 1.0


# %% exercise-1 growth that only adds up -> factors multiply
def explosion(depth):
    return 1 + (depth - 1) * (np.pi / (np.pi - 1) - 1)


# %% exercise-2 the mean not subtracted -> what does the norm divide by
growth_of_absolute = 1.0

# %% exercise-2 half of the slopes, as if it were a ReLU -> How much of the square passes back
growth_of_absolute = 0.5 / (1 - 2 / np.pi)

# %% exercise-2 the growth of the length -> growth of the length
growth_of_absolute = (1 - 2 / np.pi) ** -0.5

# %% exercise-2 the ReLU's own -> Find the mean of
growth_of_absolute = np.pi / (np.pi - 1)


# %% exercise-3 the root of the depth -> One over the root
def largest_scale(blocks):
    return 1 / np.sqrt(blocks)


# %% exercise-3 ten spread over the blocks -> Too large
def largest_scale(blocks):
    return 10 / blocks


# %% exercise-3 growth that only adds up -> Too large
def largest_scale(blocks):
    return 9 / blocks


# %% exercise-3 safe but too small -> Safe, but not the largest
def largest_scale(blocks):
    return 1 / blocks


# %% exercise-3 the approximation for many blocks -> Safe, but not the largest
def largest_scale(blocks):
    return np.log(10) / blocks


# %% exercise-3 right for one depth only -> wrong for 7
def largest_scale(blocks):
    return 10 ** (1 / 64) - 1
