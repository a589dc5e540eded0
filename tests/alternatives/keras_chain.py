from seqkit.styles import keras as ours
from seqkit.styles.keras import keras


def list_form():
    chain = keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(4)])
    chain.build(input_shape=(None, 16))
    return chain


def by_a_loop():
    chain = keras.models.Sequential(name="sensors")
    for i, width in enumerate((8, 4)):
        chain.add(
            keras.layers.Dense(units=width, activation="linear", name=f"dense_of_{i}", kernel_initializer="zeros")
        )
    chain.build([None, 16])
    return chain


def input_in_front():
    return keras.Sequential([keras.Input(shape=(16,)), keras.layers.Dense(8), keras.layers.Dense(4)])


def chain_of_seqkit():
    chain = ours.Sequential()
    chain.add(keras.layers.Dense(8))
    chain.add(keras.layers.Dense(4))
    chain.build((None, 16))
    return chain


class Chain(keras.Sequential):
    def __init__(self):
        super().__init__([keras.layers.Dense(8), keras.layers.Dense(4)])
        self.build((None, 16))


ANSWERS = [list_form, by_a_loop, input_in_front, chain_of_seqkit, Chain]
