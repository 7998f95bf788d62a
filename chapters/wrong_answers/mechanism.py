"""Answers that the checks of the chapter mechanism must refuse, each put in the place of its stub."""


# %% exercise-1 the unbiased variance -> variance that is divided by m
class MyBatchNorm1d(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        mean, var = x.mean(dim=0), x.var(dim=0)
        return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


# %% exercise-1 eps outside the root -> inside the root, or outside
class MyBatchNorm1d(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        mean, std = x.mean(dim=0), x.std(dim=0, correction=0)
        return self.gamma * (x - mean) / (std + self.eps) + self.beta


# %% exercise-1 over features instead of examples -> average over the batch
class MyBatchNorm1d(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        mean, var = (
            x.mean(dim=1, keepdim=True),
            x.var(dim=1, correction=0, keepdim=True),
        )
        return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


# %% exercise-1 beta forgotten -> should have the mean beta
class MyBatchNorm1d(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        mean, var = x.mean(dim=0), x.var(dim=0, correction=0)
        return self.gamma * (x - mean) / torch.sqrt(var + self.eps)


# %% exercise-1 gamma forgotten -> about |gamma|
class MyBatchNorm1d(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        mean, var = x.mean(dim=0), x.var(dim=0, correction=0)
        return (x - mean) / torch.sqrt(var + self.eps) + self.beta


# %% exercise-1 mean and variance held constant -> let the gradient see it
class MyBatchNorm1d(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        mean, var = x.mean(dim=0).detach(), x.var(dim=0, correction=0).detach()
        return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta


# %% exercise-1 one number for the whole batch -> should have the shape
class MyBatchNorm1d(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        return (self.gamma * (x - x.mean()) + self.beta).mean()


# %% exercise-1 an error in the code -> NameError
class MyBatchNorm1d(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        return gama * x + self.beta


# %% exercise-2 mean and variance held constant -> Is a mean missing
def gradients(g, x_hat, gamma, s):
    return gamma / s * g, (g * x_hat).sum(axis=0), g.sum(axis=0)


# %% exercise-2 the direction x_hat left in -> is the part along x_hat gone
def gradients(g, x_hat, gamma, s):
    dx = gamma / s * (g - g.mean(axis=0))
    return dx, (g * x_hat).sum(axis=0), g.sum(axis=0)


# %% exercise-2 gamma forgotten -> times gamma
def gradients(g, x_hat, gamma, s):
    dbeta, dgamma = g.sum(axis=0), (g * x_hat).sum(axis=0)
    return (g - dbeta / len(g) - x_hat * dgamma / len(g)) / s, dgamma, dbeta


# %% exercise-2 s forgotten -> divided by s
def gradients(g, x_hat, gamma, s):
    dbeta, dgamma = g.sum(axis=0), (g * x_hat).sum(axis=0)
    return gamma * (g - dbeta / len(g) - x_hat * dgamma / len(g)), dgamma, dbeta


# %% exercise-2 means instead of sums -> so sum over rows
def gradients(g, x_hat, gamma, s):
    dbeta, dgamma = g.mean(axis=0), (g * x_hat).mean(axis=0)
    return gamma / s * (g - dbeta - x_hat * dgamma), dgamma, dbeta


# %% exercise-2 gamma in its own gradient -> gamma multiplies x_hat
def gradients(g, x_hat, gamma, s):
    dbeta, dgamma = g.sum(axis=0), (gamma * g * x_hat).sum(axis=0)
    return gamma / s * (g - dbeta / len(g) - x_hat * dgamma / len(g)), dgamma, dbeta


# %% exercise-2 a sum where the mean belongs -> a sum in its place
def gradients(g, x_hat, gamma, s):
    dbeta, dgamma = g.sum(axis=0), (g * x_hat).sum(axis=0)
    return gamma / s * (g - dbeta - x_hat * dgamma), dgamma, dbeta
