"""Answers that the checks of the chapter field-guide must refuse, each put in the place of its stub."""


# %% exercise-1 half of it -> Half of it is close
def momentum_for(tau, k):
    return tau / k


# %% exercise-1 the root of the new -> The root belongs to what is kept
def momentum_for(tau, k):
    return tau ** (1 / k)


# %% exercise-1 how far it comes -> of the old must be left
def momentum_for(tau, k):
    return 1 - (1 - tau) ** k


# %% exercise-1 always the square root -> take the k-th root
def momentum_for(tau, k):
    return 1 - (1 - tau) ** 0.5


# %% exercise-2 the inf not found -> unfinite(model) names it
diagnosis = {"A": "examples talk", "B": "an inf got in", "C": "never written"}

# %% exercise-2 A and B exchanged -> has counted 0 batches
diagnosis = {"A": "never written", "B": "examples talk", "C": "an inf got in"}

# %% exercise-2 two alike -> must be False
diagnosis = {"A": "never written", "B": "never written", "C": "an inf got in"}
