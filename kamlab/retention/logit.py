"""The old place of `fit_retention`, until the front door has changed."""

from kamlab.retention.renewal.fit import fit_retention as fit_retention
from kamlab.retention.renewal.result import RenewalRegression as RenewalRegression
