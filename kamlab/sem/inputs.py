"""What `fit_sem` is given to fit a model to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from kamlab.foundation.errors import ArgumentError, ModelError
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.sem.assembly import places_of
from kamlab.sem.cases import column_of, read_cases
from kamlab.sem.kinds import whole, wrong_counts
from kamlab.sem.moments import read_moments
from kamlab.sem.options import Options
from kamlab.sem.samples import Data, clustered, data_from_moments, data_from_rows, data_with_gaps
from kamlab.sem.syntax.parameters import ParameterTable


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Inputs:
    """Rows, or moments with their number of cases, and the columns that sort the rows.

    Raises
    ------
    ArgumentError
        If it is both or neither, or not a table, or something is missing beside it.
    """

    data: pd.DataFrame | None
    cov: pd.DataFrame | None
    means: pd.Series | Mapping[str, float] | None
    nobs: int | None
    group: str | None
    cluster: str | None

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        if problems := [*self._problems()]:
            raise ArgumentError(paragraph(problems))
        if self.nobs is not None:
            object.__setattr__(self, "nobs", whole(self.nobs))

    def _problems(self) -> Iterator[Text]:
        if (self.data is None) == (self.cov is None):
            yield say("sem.one_input")
        if self.data is not None and not isinstance(self.data, pd.DataFrame):
            yield say("sem.data_is_no_frame", got=type(self.data).__name__)
        if self.cov is not None and not isinstance(self.cov, pd.DataFrame):
            yield say("sem.cov_is_no_frame", got=type(self.cov).__name__)
        if self.cov is not None and self.nobs is None:
            yield say("sem.cov_needs_nobs")
        if self.data is not None and (self.nobs is not None or self.means is not None):
            yield say("sem.only_with_cov")
        yield from wrong_counts({"nobs": (self.nobs, 1)})
        if self.means is not None and not isinstance(self.means, pd.Series | Mapping):
            yield say("sem.means_kind", got=type(self.means).__name__)

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        if self.data is None or self.group is None:
            return 1
        return max(1, column_of(self.data, self.group).nunique())

    def model_means(self, options: Options, asked: bool | None) -> bool:
        """Return whether means are modelled: as asked, or where something needs them.

        Raises
        ------
        ArgumentError
            If means are given but must not be modelled.
        """
        if asked is not None:
            if self.means is not None and not asked:
                raise ArgumentError(say("sem.means_not_modelled"))
            return asked
        sorted_by = self.group or self.cluster
        return sorted_by is not None or self.means is not None or options.missing == "fiml"

    def prepared(self, table: ParameterTable, options: Options) -> Data:
        """Return the observed variables of a model as samples and blocks.

        Raises
        ------
        ModelError
            If they do not fit the model; the message lists what is wrong.
        """
        if self.data is None:
            return self._from_moments(table, options)
        shared = [same(name) for name in table.latent if name in self.data.columns]
        if shared:
            raise ModelError(say("sem.latent_in_data", names=join(shared)))
        cases = read_cases(self.data, table.observed, self.group)
        if options.missing == "fiml":
            found = data_with_gaps(cases, places_of(table.exogenous, table.observed), options)
        else:
            found = data_from_rows(cases, options)
        if self.cluster is None:
            return found
        return clustered(found, column_of(self.data, self.cluster))

    def _from_moments(self, table: ParameterTable, options: Options) -> Data:
        assert self.cov is not None
        assert self.nobs is not None
        cov, mean = read_moments(self.cov, self.means, table.observed)
        if table.has_means and mean is None:
            raise ModelError(say("sem.means_needed"))
        return data_from_moments(cov, mean, self.nobs, table.observed, options)
