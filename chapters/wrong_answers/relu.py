"""Answers that the checks of the chapter relu must refuse, each put in the place of its stub."""

# %% exercise-1 the median taken for the mean -> above the median
fraction_on = 0.5

# %% exercise-1 the fraction that is off -> that is off
fraction_on = 1 / np.sqrt(3)

# %% exercise-1 the mean itself -> the mean of the square
fraction_on = 1 / 3

# %% exercise-1 the square forgotten -> the root of it
fraction_on = 1 - 1 / 3

# %% exercise-1 the wrong feature -> Find the mean
fraction_on = np.exp(-1)


# %% exercise-2 the sign lost -> the batch's mean is above 0
def deadly_beta(x_hat, gamma):
    return (gamma * x_hat).max()


# %% exercise-2 γ forgotten -> for γ = 1 alone
def deadly_beta(x_hat, gamma):
    return -x_hat.max()


# %% exercise-2 the smallest value -> the smallest value is off
def deadly_beta(x_hat, gamma):
    return (gamma * x_hat).min()


# %% exercise-2 divided by γ -> where does γx̂ + β reach 0
def deadly_beta(x_hat, gamma):
    return -x_hat.max() / gamma


# %% exercise-2 a negative γ forgotten -> if γ is negative
def deadly_beta(x_hat, gamma):
    return -abs(gamma) * x_hat.max()


# %% exercise-3 always a half -> B:
true_ones = {"A", "B", "D"}

# %% exercise-3 a negative gamma kills -> C:
true_ones = ["A", "C", "D"]

# %% exercise-3 as if evaluation mode used the batch -> E:
true_ones = {"A", "D", "E"}

# %% exercise-3 any mean will do -> F:
true_ones = "ADF"

# %% exercise-3 decay taken for a cure -> G:
true_ones = {"A", "D", "G"}

# %% exercise-3 the dead and their beta -> D:
true_ones = {"A"}

# %% exercise-3 immune only by accident -> A:
true_ones = {"D"}
