"""Answers that the checks of the chapter alternatives must refuse, each put in the place of its stub."""

# %% exercise-1 as for channels second -> for channels second
axes = {"batch": (0, 2), "instance": (2,), "layer, channels": (1,), "one group": (1, 2)}

# %% exercise-1 batch norm of each place alone -> over all but the channels
axes = {"batch": (0,), "instance": (1,), "layer, channels": (2,), "one group": (1, 2)}

# %% exercise-1 instance norm over the channels too -> over the places only
axes = {
    "batch": (0, 1),
    "instance": (1, 2),
    "layer, channels": (2,),
    "one group": (1, 2),
}

# %% exercise-1 layer norm over all -> one set for each example and place
axes = {
    "batch": (0, 1),
    "instance": (1,),
    "layer, channels": (1, 2),
    "one group": (1, 2),
}

# %% exercise-1 one group taken for a transformer's layer norm -> its places too
axes = {"batch": (0, 1), "instance": (1,), "layer, channels": (-1,), "one group": (-1,)}

# %% exercise-2 a bias dead before group norm -> the same over 8 channels
true_ones = {"A", "B", "C", "D", "E"}

# %% exercise-2 group norm by places -> come from one place
true_ones = "ABDEF"

# %% exercise-2 a common bias alive -> is that shift constant
true_ones = {"B", "D", "E"}

# %% exercise-2 a bias alive before instance norm -> one channel of one example
true_ones = {"A", "D", "E"}

# %% exercise-2 RMS norm taken to see factors -> a factor common to all values
true_ones = {"A", "B", "E"}

# %% exercise-2 companions forgotten -> whose values enter the batch's mean
true_ones = {"A", "B", "D"}
