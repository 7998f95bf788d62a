"""Answers that the checks of the chapter training-speed must refuse, each put in the place of its stub."""

# %% exercise-1 five is always enough -> all plus is one way
seeds_needed = (5, 5)

# %% exercise-1 one of all ways, not two, in pairs -> Count both
seeds_needed = (5, 4)

# %% exercise-1 pairs need as few as lists -> n signs fall in 2 to the n ways
seeds_needed = (4, 4)

# %% exercise-1 one of all ways, not two, for lists -> of the 20 ways
seeds_needed = (6, 3)

# %% exercise-1 lists need as many as pairs -> 70 to deal 4 and 4
seeds_needed = (6, 6)

# %% exercise-1 one number -> Give two numbers
seeds_needed = 4

# %% exercise-2 the same rate is fair -> Is one rate right
tilted = {"C", "D", "F", "G"}

# %% exercise-2 the border of the grid does not matter -> may lie outside the grid
tilted = {"A", "D", "F", "G"}

# %% exercise-2 the default initialisation is neutral -> does not mind the size
tilted = {"A", "C", "F", "G"}

# %% exercise-2 evaluation mode is always sound -> How far does the running average come
tilted = {"A", "C", "D", "G"}

# %% exercise-2 a loss is a loss -> noise of a minibatch
tilted = {"A", "C", "D", "F"}

# %% exercise-2 each side its own rate is unfair -> One of yours is sound
tilted = {"A", "B", "C", "D", "F", "G"}

# %% exercise-2 equal batches favour one side -> One of yours is sound
tilted = {"A", "C", "D", "E", "F", "G"}

# %% exercise-2 a list -> Give a set of letters
tilted = ["A", "C", "D", "F", "G"]
