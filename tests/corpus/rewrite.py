"""Write every expectation anew from what we read now: `python -m tests.corpus.rewrite`.

Look at the difference before you believe it.
"""

import json

from tests.corpus.cases import URL, Case, all_cases, expectation_path, read


def rewrite(case: Case) -> None:
    circumstances = {
        **({"url": case.url} if case.url != URL else {}),
        **({"content_type": case.content_type} if case.content_type else {}),
    }
    text = json.dumps({**circumstances, **read(case)}, ensure_ascii=False, indent=1)
    expectation_path(case.name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    for each in all_cases():
        rewrite(each)
