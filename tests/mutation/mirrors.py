"""Which modules are changed, and which tests mirror them."""

from __future__ import annotations

import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ROOMS = (
    *("errors.py", "pipeline/files", "pipeline/job", "pipeline/passes", "pipeline/exchange", "dedup"),
    *("filters/base", "filters/lists", "filters/pii", "filters/*.py"),
    *("pipeline/input", "pipeline/steps", "pipeline/recipes", "pipeline/output", "pipeline/commands"),
    *("pipeline/mixing", "pipeline/export", "pipeline/training", "pipeline/estimating", "pipeline/texts"),
)
"""Plain Python. Compiled kernels are held by tests against slow twins, what starts processes by whole runs."""
NOT_RUN_BY_USERS = ("build_*.py", "train_*.py", "__init__.py")

PARTS_WITH_STEPS = ("dedup/parts/decontaminate.py", "dedup/parts/deduplicators.py")

MIRRORS: dict[str, tuple[str, ...]] = {
    "dedup/documents/signatures.py": ("dedup/documents/test_minhash.py", "dedup/documents/test_minhash_recall.py"),
    "dedup/documents/rehydrate.py": ("pipeline/exchange/test_cluster_sizes.py",),
    "dedup/parts/evaluation_sets.py": ("dedup/parts/test_decontaminate.py",),
    "filters/base/step.py": (
        "filters/base/test_where.py",
        "filters/base/test_rules.py",
        "filters/base/test_parameters.py",
        "pipeline/recipes/test_recipe_file.py",
    ),
    "filters/chinese_conversion.py": ("filters/test_character_folding.py",),
    "filters/codex.py": ("filters/test_code_rules.py",),
    "filters/gopher_quality.py": ("filters/kernels/words/test_peers_counting.py",),
    "filters/gopher_repetition.py": ("filters/kernels/words/test_peers_counting.py",),
    "filters/fineweb.py": ("filters/kernels/words/test_peers_counting.py",),
    "filters/redpajama_code.py": ("filters/test_code_rules.py",),
    "filters/starcoder.py": ("filters/test_code_rules.py",),
    "filters/lists/code_files.py": ("filters/test_code_rules.py",),
    "filters/lists/programming_languages.py": ("filters/test_code_rules.py",),
    "filters/lists/book_licences.py": ("filters/test_books.py",),
    "filters/lists/book_lines.py": ("filters/test_books.py",),
    "filters/lists/fineweb2.py": ("filters/test_fineweb2.py",),
    "filters/lists/page_phrases.py": ("filters/test_page_lines.py",),
    "filters/lists/stop_words.py": ("filters/test_gopher_quality.py",),
    "filters/lists/url_lists.py": ("filters/test_url.py",),
    "filters/pii/addresses.py": ("filters/pii/test_names_and_addresses.py",),
    "filters/pii/names.py": ("filters/pii/test_names_and_addresses.py",),
    "filters/pii/announcing.py": ("filters/pii/test_candidates.py",),
    "filters/pii/folding.py": ("filters/pii/test_new_kinds.py", "filters/pii/test_pii.py"),
    "filters/pii/identities.py": ("filters/pii/test_new_kinds.py", "filters/pii/test_pii.py"),
    "filters/pii/runs.py": ("filters/pii/test_pii.py", "filters/pii/test_find.py"),
    "filters/pii/secrets.py": ("filters/pii/test_new_kinds.py", "filters/pii/test_pii.py"),
    "filters/pii/kinds.py": ("filters/pii/test_new_kinds.py", "filters/pii/test_pii.py"),
    "filters/pii/languages.py": ("filters/pii/test_pii.py", "filters/pii/test_find.py"),
    "filters/pii/surrogates.py": ("filters/pii/test_pii.py", "filters/pii/test_find.py"),
    "filters/pii/scrub.py": (
        "filters/pii/test_kinds.py",
        "filters/pii/test_names_and_addresses.py",
        "filters/pii/test_pii.py",
        "filters/pii/test_find.py",
    ),
    "filters/pii/patterns.py": ("filters/pii/test_pii.py", "filters/pii/test_validators.py"),
    "filters/pii/top_level_domains.py": (
        "filters/pii/test_patterns.py",
        "filters/pii/test_pii.py",
        "filters/pii/test_validators.py",
    ),
    "filters/pii/phone_patterns.py": (
        "filters/pii/test_phones.py",
        "filters/pii/test_phones_of_countries.py",
        "filters/pii/test_pii.py",
    ),
    "filters/pii/phones.py": ("filters/pii/test_phones_of_countries.py", "filters/pii/test_pii.py"),
    "pipeline/files/listing.py": ("pipeline/files/test_storage.py", "pipeline/files/test_web.py"),
    "pipeline/files/read_ahead.py": ("pipeline/files/test_storage.py",),
    "pipeline/files/storage.py": ("pipeline/files/test_web.py", "pipeline/files/test_uploads.py"),
    "pipeline/files/uploads.py": ("pipeline/files/test_storage.py",),
    "pipeline/files/stores.py": (
        "pipeline/files/test_storage.py",
        "pipeline/files/test_web.py",
        "pipeline/files/test_uploads.py",
    ),
    "pipeline/job/facts.py": ("pipeline/output/test_manifest.py",),
    "pipeline/exchange/clusters.py": (
        "pipeline/exchange/test_exchange.py",
        "pipeline/exchange/test_containment.py",
        "pipeline/exchange/test_cluster_sizes.py",
    ),
    "pipeline/exchange/surviving.py": (
        "pipeline/exchange/test_exchange.py",
        "pipeline/exchange/test_containment.py",
        "pipeline/exchange/test_cluster_sizes.py",
    ),
    "pipeline/exchange/verifying.py": (
        "pipeline/exchange/test_exchange.py",
        "pipeline/exchange/test_containment.py",
        "pipeline/exchange/test_cluster_sizes.py",
    ),
    "pipeline/exchange/containing.py": ("pipeline/exchange/test_containment.py",),
    "pipeline/exchange/parts.py": ("pipeline/exchange/test_indexes.py", "dedup/parts/test_parts.py"),
    "pipeline/exchange/indexes.py": ("pipeline/exchange/test_verified_index.py",),
    "pipeline/passes/fingerprints.py": ("pipeline/passes/test_resume.py",),
    "pipeline/passes/passes.py": ("pipeline/passes/test_resume.py", "pipeline/output/test_manifest.py"),
    "pipeline/passes/single.py": ("pipeline/passes/test_passes.py", "pipeline/passes/test_resume.py"),
    "pipeline/input/formats.py": ("pipeline/input/test_inputs.py", "pipeline/input/test_readers_files.py"),
    "pipeline/input/charsets.py": ("pipeline/input/test_charsets.py", "pipeline/input/test_readers_files.py"),
    "pipeline/input/charset_detection.py": ("pipeline/input/test_charsets.py", "pipeline/input/test_readers_files.py"),
    "pipeline/input/compression.py": ("pipeline/input/test_compression.py", "pipeline/input/test_readers_streams.py"),
    "pipeline/input/decompressors.py": ("pipeline/input/test_compression.py", "pipeline/input/test_readers_streams.py"),
    "pipeline/input/parts.py": ("pipeline/input/test_readers_files.py", "pipeline/input/test_readers_archives.py"),
    "pipeline/input/readers/html.py": ("pipeline/input/test_readers_files.py",),
    "pipeline/input/readers/text.py": ("pipeline/input/test_readers_files.py",),
    "pipeline/input/pages/choosing.py": ("pipeline/input/test_pages.py",),
    "pipeline/input/pages/modes.py": ("pipeline/input/test_pages.py",),
    "pipeline/input/pages/notes.py": ("pipeline/input/test_pages.py",),
    "pipeline/input/pages/page.py": ("pipeline/input/test_pages.py",),
    "pipeline/input/readers/archives/archive.py": ("pipeline/input/test_readers_archives.py",),
    "pipeline/input/readers/archives/entries.py": ("pipeline/input/test_readers_archives.py",),
    "pipeline/input/readers/archives/seven_zip.py": ("pipeline/input/test_readers_archives.py",),
    "pipeline/input/readers/archives/tar.py": ("pipeline/input/test_readers_archives.py",),
    "pipeline/input/readers/archives/zip_archive.py": ("pipeline/input/test_readers_archives.py",),
    "pipeline/input/readers/archives/papers.py": (
        "pipeline/input/test_readers_paper.py",
        "pipeline/input/test_readers_archives.py",
    ),
    "pipeline/input/readers/books/docx.py": ("pipeline/input/test_readers_office.py",),
    "pipeline/input/readers/books/odt.py": ("pipeline/input/test_readers_office.py",),
    "pipeline/input/readers/books/rtf.py": ("pipeline/input/test_readers_office.py",),
    "pipeline/input/readers/books/fb2.py": ("pipeline/input/test_readers_office.py",),
    "pipeline/input/readers/books/text_blocks.py": (
        "pipeline/input/test_readers_text_blocks.py",
        "pipeline/input/test_readers_office.py",
    ),
    "pipeline/input/readers/books/epub_chapter.py": ("pipeline/input/test_readers_epub.py",),
    "pipeline/input/readers/books/epub_package.py": ("pipeline/input/test_readers_epub.py",),
    "pipeline/input/readers/books/pdf_pages.py": ("pipeline/input/test_readers_pdf.py",),
    "pipeline/input/readers/dumps/message.py": (
        "pipeline/input/test_readers_mail.py",
        "pipeline/input/test_readers_threads.py",
    ),
    "pipeline/input/readers/dumps/grouping.py": ("pipeline/input/test_readers_threads.py",),
    "pipeline/input/readers/dumps/reddit.py": ("pipeline/input/test_readers_threads.py",),
    "pipeline/input/readers/dumps/stackexchange.py": ("pipeline/input/test_readers_threads.py",),
    "pipeline/steps/encoders.py": ("pipeline/steps/test_tokenizing.py",),
    "pipeline/steps/documents.py": ("pipeline/steps/test_emptied_by.py",),
    "pipeline/steps/tokenizing.py": ("pipeline/steps/test_vocabulary_files.py",),
    "pipeline/steps/unigram.py": ("pipeline/steps/test_vocabulary_files.py",),
    "pipeline/recipes/definition.py": ("pipeline/recipes/test_recipe_file.py",),
    "pipeline/recipes/recipe_writer.py": ("pipeline/recipes/test_recipe_file.py",),
    "pipeline/recipes/registry.py": ("pipeline/recipes/test_recipe_file.py",),
    "pipeline/output/croissant.py": ("pipeline/output/test_report_as_drawn.py",),
    "pipeline/output/data_card.py": ("pipeline/output/test_report_as_drawn.py",),
    "pipeline/output/differences.py": ("pipeline/output/test_differences.py",),
    "pipeline/output/report_account.py": ("pipeline/output/test_report_as_drawn.py",),
    "pipeline/output/report_measurements.py": ("pipeline/output/test_report_as_drawn.py",),
    "pipeline/output/report_pairs.py": ("pipeline/output/test_report_as_drawn.py",),
    "pipeline/output/report_tables.py": ("pipeline/output/test_report_as_drawn.py",),
    "pipeline/output/selections.py": (
        "pipeline/output/test_report_as_drawn.py",
        "pipeline/exchange/test_selection.py",
        "pipeline/commands/test_retune_selection.py",
    ),
    "pipeline/commands/recut.py": (
        "pipeline/commands/test_retune.py",
        "pipeline/commands/test_retune_selection.py",
    ),
    "pipeline/commands/recut_selection.py": ("pipeline/commands/test_retune_selection.py",),
    "pipeline/commands/recut_sql.py": (
        "pipeline/commands/test_retune.py",
        "pipeline/commands/test_retune_selection.py",
    ),
    "pipeline/commands/verify.py": (
        "pipeline/output/test_verify.py",
        "pipeline/export/test_export.py",
        "pipeline/mixing/test_mix.py",
    ),
    "pipeline/mixing/account.py": ("pipeline/mixing/test_mix.py",),
    "pipeline/mixing/borders.py": ("pipeline/mixing/test_mix.py",),
    "pipeline/mixing/catalog.py": ("pipeline/mixing/test_mix.py",),
    "pipeline/mixing/gather.py": ("pipeline/mixing/test_mix.py",),
    "pipeline/mixing/mix_file.py": ("pipeline/mixing/test_mix.py",),
    "pipeline/mixing/nearby.py": ("pipeline/mixing/test_mix_in_stores.py",),
    "pipeline/mixing/output.py": ("pipeline/mixing/test_mix_in_stores.py", "pipeline/mixing/test_mix.py"),
    "pipeline/mixing/plan.py": ("pipeline/mixing/test_mix.py",),
    "pipeline/mixing/question.py": ("pipeline/mixing/test_mix.py",),
    "pipeline/mixing/scatter.py": ("pipeline/mixing/test_mix.py",),
    "pipeline/mixing/sources.py": ("pipeline/mixing/test_mix.py",),
    "pipeline/export/litdata.py": ("pipeline/export/test_layouts.py",),
    "pipeline/export/mds.py": ("pipeline/export/test_layouts.py",),
    "pipeline/export/megatron.py": ("pipeline/export/test_layouts.py",),
    "pipeline/export/samples.py": ("pipeline/export/test_layouts.py",),
    "pipeline/export/streams.py": ("pipeline/export/test_layouts.py",),
    "pipeline/estimating/estimate.py": ("pipeline/estimating/test_figures.py",),
    "pipeline/estimating/figures.py": ("pipeline/estimating/test_estimate.py",),
    "pipeline/estimating/resources.py": ("pipeline/estimating/test_estimate.py",),
    "pipeline/estimating/trial.py": (
        "pipeline/estimating/test_figures.py",
        "pipeline/estimating/test_estimate.py",
    ),
    "pipeline/texts/cleaning.py": ("pipeline/texts/test_cleaned.py", "pipeline/texts/test_many.py"),
    "pipeline/texts/rows.py": ("pipeline/texts/test_many.py",),
    "pipeline/texts/shown.py": ("pipeline/texts/test_cleaned.py",),
    "pipeline/texts/tables.py": ("pipeline/texts/test_many.py",),
    "pipeline/texts/tracing.py": ("pipeline/texts/test_cleaned.py",),
    "pipeline/texts/work.py": ("pipeline/texts/test_many.py",),
    "pipeline/texts/worker.py": ("pipeline/texts/test_many.py",),
    "pipeline/estimating/results.py": ("pipeline/commands/test_show_estimate.py",),
    "pipeline/estimating/sampling.py": (
        "pipeline/estimating/test_figures.py",
        "pipeline/estimating/test_estimate.py",
        "pipeline/estimating/test_intervals.py",
    ),
    "pipeline/training/junk_phrases.py": ("pipeline/training/test_junk.py",),
    "pipeline/export/export.py": ("pipeline/export/test_layouts.py",),
    "pipeline/output/report_samples.py": ("pipeline/output/test_report_as_drawn.py",),
    "pipeline/output/report_flows.py": ("pipeline/output/test_report_as_drawn.py",),
    "pipeline/exchange/seen_index.py": (
        "pipeline/exchange/test_verified_index.py",
        "pipeline/exchange/test_indexes.py",
    ),
    "pipeline/output/report.py": ("pipeline/output/test_report_as_drawn.py",),
}
"""Tests of modules that have no test file of their own name."""


def every_module() -> list[str]:
    """Modules of the rooms, as paths below the root."""
    found = []
    for room in ROOMS:
        paths = ROOT.glob(room) if room.endswith(".py") else (ROOT / room).rglob("*.py")
        found += sorted(str(path.relative_to(ROOT)) for path in paths if not _matches(path.name))
    return found


def mirrors(checkout: Path, path: str) -> tuple[str, ...]:
    """The test files that mirror a module: those of its name in the same folder, and those of the table."""
    module = Path(path)
    own = [str(module.parent / f"test_{module.stem}.py")]
    if "readers" in module.parts:
        own.append(f"pipeline/input/test_readers_{module.stem}.py")
    if module.parent.parts in (("filters",), ("dedup", "documents")) or path in PARTS_WITH_STEPS:
        own.append("test_steps_as_published.py")
    names = dict.fromkeys((*own, *MIRRORS.get(path, ())))
    return tuple(name for name in names if (checkout / "tests" / name).is_file())


def _matches(name: str) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in NOT_RUN_BY_USERS)
