"""Train a small GPT for some steps from an exported folder; ``train_gpt.py`` runs it with the Python of the trainers.

It imports nothing of textmill. It ends with 3 where the format's package is missing.
"""

import importlib.util
import json
import sys
from pathlib import Path

try:
    import torch
    import torch.nn.functional as functional
    from torch import nn
except ImportError as error:
    print(error)
    sys.exit(3)

readers, kind, folder = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
length, vocabulary, steps = map(int, sys.argv[4:7])
expected = json.loads(Path(sys.argv[7]).read_text())
BATCH, WIDTH, HEADS, LAYERS = 8, 64, 4, 2


def lines_of(path: Path) -> list[str]:
    """Lines of JSON."""
    if path.suffix != ".zst":
        return path.read_text().splitlines()
    import zstandard

    with zstandard.open(path, "rt", encoding="utf-8") as source:
        return list(source)


def read() -> list[list[int]]:
    """Sequences by the framework's own reader."""
    if kind.startswith("jsonl"):
        return [json.loads(line)["input_ids"] for path in sorted(folder.glob("*.jsonl*")) for line in lines_of(path)]
    spec = importlib.util.spec_from_file_location("read_back", readers)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.READERS[kind](folder, length)


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.before, self.behind = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.feed = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, found: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        seen = self.before(found)
        found = found + self.attention(seen, seen, seen, attn_mask=mask, need_weights=False)[0]
        return found + self.feed(self.behind(found))


class GPT(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, WIDTH), nn.Embedding(length, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.last = nn.LayerNorm(WIDTH)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        count = ids.shape[1]
        mask = torch.triu(torch.full((count, count), float("-inf")), diagonal=1)
        found = self.tokens(ids) + self.places(torch.arange(count))
        for block in self.blocks:
            found = block(found, mask)
        return self.last(found) @ self.tokens.weight.T / WIDTH**0.5


try:
    rows = read()
except ImportError as error:
    print(error)
    sys.exit(3)
assert [list(map(int, row)) for row in rows] == expected, "ids differ from those of the mix"
torch.manual_seed(0)
torch.set_num_threads(1)
model = GPT()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
ids = torch.tensor([list(map(int, row)) for row in rows], dtype=torch.long)
losses = []
for step in range(steps):
    batch = ids[[(step * BATCH + number) % len(ids) for number in range(BATCH)]]
    logits = model(batch[:, :-1])
    loss = functional.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(json.dumps(losses))
