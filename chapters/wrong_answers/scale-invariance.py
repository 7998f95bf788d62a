"""Answers that the checks of the chapter scale-invariance must refuse, each put in the place of its stub."""


# %% exercise-1 the rate over the length, not its square -> check the rate
def unit_length(w, lr, eps):
    norm = np.linalg.norm(w)
    return w / norm, lr / norm, eps / norm**2


# %% exercise-1 the rate left alone -> check the rate
def unit_length(w, lr, eps):
    square = w @ w
    return w / np.sqrt(square), lr, eps / square


# %% exercise-1 eps left alone -> What is eps added to
def unit_length(w, lr, eps):
    square = w @ w
    return w / np.sqrt(square), lr / square, eps


# %% exercise-1 the rate the wrong way round -> check the rate
def unit_length(w, lr, eps):
    square = w @ w
    return w / np.sqrt(square), lr * square, eps / square


# %% exercise-1 divided by the square -> length 1 and the old direction
def unit_length(w, lr, eps):
    square = w @ w
    return w / square, lr / square, eps / square


# %% exercise-2 a gradient of constant length -> it falls as the weights grow
steps_to_half = 1 / 0.1**2

# %% exercise-2 the length doubled, not its square -> not the length
steps_to_half = (2**4 - 1) / (2 * 0.1**2)

# %% exercise-2 the rate instead of its square -> has to double
steps_to_half = 3 / (2 * 0.1)

# %% exercise-2 from length 1 to length √2 -> solve s ds
steps_to_half = 1.2 / 0.1**2

# %% exercise-2 the halves forgotten -> not the length
steps_to_half = 3 / 0.1**2

# %% exercise-3 as for SGD -> How long is Adam's step
adamw_factors = (16**2, 1 / 16, 1 / 16**2)

# %% exercise-3 nothing -> How long is Adam's step
adamw_factors = (1, 1, 1)

# %% exercise-3 the decay left alone -> By which fraction
adamw_factors = (16, 1 / 16, 1)

# %% exercise-3 the decay as under SGD -> By which fraction
adamw_factors = (16, 1 / 16, 1 / 16**2)

# %% exercise-3 Adam's ε left alone -> added to √V
adamw_factors = (16, 1, 1 / 16)

# %% exercise-3 Adam's ε as if it were added to V -> added to √V
adamw_factors = (16, 1 / 16**2, 1 / 16)
