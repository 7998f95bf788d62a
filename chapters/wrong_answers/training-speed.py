"""Answers that the checks of the chapter training-speed must refuse, each put in the place of its stub."""


# %% exercise-1 the lead in steps
def times_as_fast(steps_plain, steps_bn, cost):
    return steps_plain / steps_bn


# %% exercise-1 the price multiplied instead of divided
def times_as_fast(steps_plain, steps_bn, cost):
    return steps_plain / steps_bn * cost


# %% exercise-1 the wrong way round
def times_as_fast(steps_plain, steps_bn, cost):
    return steps_bn * cost / steps_plain


# %% exercise-1 a difference instead of a ratio
def times_as_fast(steps_plain, steps_bn, cost):
    return steps_plain - steps_bn * cost


# %% exercise-1 the price taken off the lead
def times_as_fast(steps_plain, steps_bn, cost):
    return steps_plain / steps_bn - (cost - 1)


# %% exercise-2 the same rate is fair
tilted = {"C", "D", "F"}

# %% exercise-2 the border of the grid does not matter
tilted = {"A", "D", "F"}

# %% exercise-2 the default initialisation is neutral
tilted = {"A", "C", "F"}

# %% exercise-2 evaluation mode is always sound
tilted = {"A", "C", "D"}

# %% exercise-2 each side its own rate is unfair
tilted = {"A", "B", "C", "D", "F"}

# %% exercise-2 equal batches favour one side
tilted = {"A", "C", "D", "E", "F"}

# %% exercise-2 a list
tilted = ["A", "C", "D", "F"]

# %% exercise-3 five is always enough
seeds_needed = (5, 5)

# %% exercise-3 pairs need as few as lists
seeds_needed = (4, 4)

# %% exercise-3 one of all deals, not two, for lists
seeds_needed = (3, 6)

# %% exercise-3 one of all deals, not two, for pairs
seeds_needed = (4, 5)

# %% exercise-3 one number
seeds_needed = 4

# %% exercise-4 the layer before the ReLU leaves mean 0
only_after = {"D", "F"}

# %% exercise-4 a bias is dead in either place
only_after = {"A", "B", "D", "F"}

# %% exercise-4 folded through the ReLU
only_after = {"A", "C", "D", "F"}

# %% exercise-4 after it the ReLU cannot be silent
only_after = {"A", "D", "E", "F"}

# %% exercise-4 the duplicate forgotten
only_after = {"A", "D"}

# %% exercise-4 before and after confused
only_after = {"B", "C", "E"}
