import pytest

from tests.simulation.mutating import mutated
from tests.simulation.mutations import MUTATIONS, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.what)
def test_the_place_of_each_mutation_is_where_it_says(mutation: Mutation) -> None:
    compile(mutated(mutation), mutation.file, "exec")


def test_every_promise_that_a_day_can_break_has_a_mutation() -> None:
    promises = {mutation.promise[0] for mutation in MUTATIONS}

    assert promises >= set("1234567")
    assert len(MUTATIONS) >= 15
