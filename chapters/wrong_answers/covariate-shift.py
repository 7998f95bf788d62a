"""Answers that the checks of the chapter covariate-shift must refuse, each put in the place of its stub."""


# %% exercise-1 a number per unit -> the mean over its units
def output_shift(gamma, beta, new_gamma, new_beta):
    old, new = np.abs(gamma), np.abs(new_gamma)
    return np.abs(new_beta - beta) / old + np.abs(np.log(new / old))


# %% exercise-1 the ratio without its logarithm -> Where nothing moves
def output_shift(gamma, beta, new_gamma, new_beta):
    old, new = np.abs(gamma), np.abs(new_gamma)
    return (np.abs(new_beta - beta) / old + new / old).mean()


# %% exercise-1 the mean's move not divided -> in units of the old spread
def output_shift(gamma, beta, new_gamma, new_beta):
    old, new = np.abs(gamma), np.abs(new_gamma)
    return (np.abs(new_beta - beta) + np.abs(np.log(new / old))).mean()


# %% exercise-1 divided by the new spread -> not the new one
def output_shift(gamma, beta, new_gamma, new_beta):
    old, new = np.abs(gamma), np.abs(new_gamma)
    return (np.abs(new_beta - beta) / new + np.abs(np.log(new / old))).mean()


# %% exercise-1 a spread that shrinks counts below 0 -> which sign has its logarithm
def output_shift(gamma, beta, new_gamma, new_beta):
    old, new = np.abs(gamma), np.abs(new_gamma)
    return (np.abs(new_beta - beta) / old + np.log(new / old)).mean()


# %% exercise-1 γ taken for the spread -> though γ may be
def output_shift(gamma, beta, new_gamma, new_beta):
    return (np.abs(new_beta - beta) / gamma + np.abs(np.log(new_gamma / gamma))).mean()


# %% exercise-1 the sum over the units -> not their sum
def output_shift(gamma, beta, new_gamma, new_beta):
    old, new = np.abs(gamma), np.abs(new_gamma)
    return (np.abs(new_beta - beta) / old + np.abs(np.log(new / old))).sum()


# %% exercise-2 nothing moves -> take its step before
def tiny_gradient_shift(w1, w2, x, t, rate):
    def gradient(w1):
        return (w2 * w1 * x - t) * w1 * x

    return abs(gradient(w1) - gradient(w1)) / abs(gradient(w1))


# %% exercise-2 moved in the error alone -> occurs twice
def tiny_gradient_shift(w1, w2, x, t, rate):
    error = w2 * w1 * x - t
    moved = w1 - rate * error * w2 * x
    return abs((w2 * moved * x - t) * w1 * x - error * w1 * x) / abs(error * w1 * x)


# %% exercise-2 both layers move -> Only the layer below moves
def tiny_gradient_shift(w1, w2, x, t, rate):
    def gradient(w1, w2):
        return (w2 * w1 * x - t) * w1 * x

    error = w2 * w1 * x - t
    moved = w1 - rate * error * w2 * x, w2 - rate * error * w1 * x
    return abs(gradient(*moved) - gradient(w1, w2)) / abs(gradient(w1, w2))


# %% exercise-2 the sign kept -> not a difference with its sign
def tiny_gradient_shift(w1, w2, x, t, rate):
    def gradient(w1):
        return (w2 * w1 * x - t) * w1 * x

    moved = w1 - rate * (w2 * w1 * x - t) * w2 * x
    return (gradient(moved) - gradient(w1)) / abs(gradient(w1))


# %% exercise-2 a step of the wrong gradient -> the error times
def tiny_gradient_shift(w1, w2, x, t, rate):
    def gradient(w1):
        return (w2 * w1 * x - t) * w1 * x

    moved = w1 - 2 * rate * (w2 * w1 * x - t) * w2 * x
    return abs(gradient(moved) - gradient(w1)) / abs(gradient(w1))


# %% exercise-2 not divided -> divide by its size
def tiny_gradient_shift(w1, w2, x, t, rate):
    def gradient(w1):
        return (w2 * w1 * x - t) * w1 * x

    moved = w1 - rate * (w2 * w1 * x - t) * w2 * x
    return abs(gradient(moved) - gradient(w1))


# %% exercise-2 the second weight forgotten in the first one's gradient -> it has w₂ in it
def tiny_gradient_shift(w1, w2, x, t, rate):
    def gradient(w1):
        return (w2 * w1 * x - t) * w1 * x

    moved = w1 - rate * (w2 * w1 * x - t) * x
    return abs(gradient(moved) - gradient(w1)) / abs(gradient(w1))


# %% exercise-2 divided by the gradient with its sign -> neither of the two has a sign
def tiny_gradient_shift(w1, w2, x, t, rate):
    def gradient(w1):
        return (w2 * w1 * x - t) * w1 * x

    moved = w1 - rate * (w2 * w1 * x - t) * w2 * x
    return (gradient(moved) - gradient(w1)) / gradient(w1)
