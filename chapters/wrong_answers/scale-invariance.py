"""Answers that the checks of the chapter scale-invariance must refuse, each put in the place of its stub."""


# %% exercise-1 the rate over the length, not its square
def unit_length(w, lr, eps):
    norm = np.linalg.norm(w)
    return w / norm, lr / norm, eps / norm**2


# %% exercise-1 the rate left alone
def unit_length(w, lr, eps):
    square = w @ w
    return w / np.sqrt(square), lr, eps / square


# %% exercise-1 eps left alone
def unit_length(w, lr, eps):
    square = w @ w
    return w / np.sqrt(square), lr / square, eps


# %% exercise-1 the wrong way round
def unit_length(w, lr, eps):
    square = w @ w
    return w / np.sqrt(square), lr * square, eps / square


# %% exercise-1 divided by the square
def unit_length(w, lr, eps):
    square = w @ w
    return w / square, lr / square, eps / square


# %% exercise-2 as for SGD
adam_factors = (16**2, 16**2)

# %% exercise-2 nothing
adam_factors = (1, 1)

# %% exercise-2 the rate right, Adam's epsilon left alone
adam_factors = (16, 1)

# %% exercise-2 Adam's epsilon the wrong way
adam_factors = (16, 16)

# %% exercise-2 Adam's epsilon as if it were added to v
adam_factors = (16, 1 / 16**2)

# %% exercise-3 a gradient of constant length
steps_to_half = 1 / 0.1**2

# %% exercise-3 the length doubled, not its square
steps_to_half = (2**4 - 1) / (2 * 0.1**2)

# %% exercise-3 the rate instead of its square
steps_to_half = 3 / (2 * 0.1)

# %% exercise-3 the halves forgotten
steps_to_half = 3 / 0.1**2
