import objax

from seqkit.styles import objax as ours


def by_list(classifier):
    return objax.nn.Sequential(list(classifier)[:-1])


def by_unpacking(classifier):
    *layers, _ = classifier
    return ours.Sequential(layers)


def by_append(classifier):
    chain = objax.nn.Sequential()
    for i in range(len(classifier) - 1):
        chain.append(classifier[i])
    return chain


class Embedder(objax.nn.Sequential):
    def __init__(self, classifier):
        super().__init__(classifier)
        self.pop()


def by_deletion(classifier):
    chain = objax.nn.Sequential(classifier)
    del chain[-1]
    return chain


ANSWERS = [by_list, by_unpacking, by_append, Embedder, by_deletion]
