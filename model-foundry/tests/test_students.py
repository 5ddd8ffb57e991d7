"""What the non-autoregressive students stand on: distilling, the CTC loss, mask-predict's loop, their graphs."""

import itertools
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch.nn import functional as F

from foundry.calibrate_ctc import best_path
from foundry.ctc import CtcTargets, VocabularyPart, collapse, frames_needed, projected_ctc_loss
from foundry.distill import SHARD, greedy, greedy_all, read_triples, shard_order, write_triples
from foundry.greedy import open_session
from foundry.mask_predict import Candidate, best_candidate, length_candidates, masked_count, refine
from foundry.model import ModelShape, Translator, padding_mask
from foundry.quantize import quantize_products, write_probe
from foundry.student_decoding import prefix_beam
from foundry.student_graphs import export_ctc, export_length, export_mask_predict
from foundry.students import BLANK, MASK, CtcDecoder, CtcShape, LengthPredictor, MaskPredictDecoder, MaskPredictShape, copy_places
from foundry.mask_predict_task import mask_tokens
from foundry.vocabulary import EOS, PAD

TINY = ModelShape(vocab_size=60, hidden_size=32, ffn_size=64, head_count=4, encoder_layers=2, decoder_layers=2, max_positions=64)


def shaken(module: torch.nn.Module, seed: int = 3) -> torch.nn.Module:
    """The module in eval mode with every parameter moved, so that no zero hides a mistake."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return module.eval()


def plain_greedy(model: Translator, row: np.ndarray, budget: int) -> list[int]:
    source = torch.from_numpy(row.astype(np.int64)).unsqueeze(0)
    memory, mask = model.encode(source, torch.tensor([len(row)]))
    ids = [EOS]
    while len(ids) <= budget and (len(ids) == 1 or ids[-1] != EOS):
        states = model.decode(torch.tensor([ids]), memory, mask)
        ids.append(int((states[0, -1] @ model.embedding.weight.T).argmax()))
    return ids[1:]


@pytest.mark.parametrize("seed", range(3))
@torch.no_grad()
def test_cached_greedy_equals_decoding_the_whole_prefix_anew(seed: int) -> None:
    model = shaken(Translator(TINY), seed)
    rng = np.random.default_rng(seed)
    rows = [np.append(rng.integers(4, 60, rng.integers(1, 9)), EOS) for _ in range(12)]
    expected = [plain_greedy(model, row, 14) for row in rows]
    assert greedy(model, rows, 14) == expected
    budgets = greedy_all(model, rows, 30)
    assert [ids[:10] for ids in budgets] == [ids[:10] for ids in expected]


def test_shards_hold_no_pair_twice_and_keep_the_shares() -> None:
    pools = {"text": [None] * 40_000, "interface": [None] * 5_000, "dictionary": [None] * 50}
    shards = shard_order(pools, 1)
    members = [member for shard in shards for member in shard]
    assert len(set(members)) == len(members)
    assert sum(name == "text" for name, _ in members) == 40_000
    assert sum(name == "text" for name, _ in shards[0]) == SHARD["text"]
    assert shards == shard_order(pools, 1)


def test_triples_survive_their_file(tmp_path: Path) -> None:
    triples = [tuple(np.arange(n, n + size, dtype=np.uint16) for size in (3, 1, 5)) for n in (4, 70, 7_000)]
    write_triples(tmp_path / "distilled-000.npz", triples)
    back = read_triples(tmp_path / "distilled-000.npz")
    assert [[ids.tolist() for ids in triple] for triple in back] == [[ids.tolist() for ids in triple] for triple in triples]


@pytest.mark.parametrize(
    ("path", "ids"),
    [([], []), ([0, 0], []), ([5], [5]), ([5, 5, 5], [5]), ([5, 0, 5], [5, 5]), ([0, 5, 5, 7, 0, 0, 7, 7], [5, 7, 7])],
)
def test_collapse_drops_repeats_then_blanks(path: list[int], ids: list[int]) -> None:
    assert collapse(path, 0) == ids


@pytest.mark.parametrize("target", [[1], [1, 1], [1, 2, 1], [1, 1, 2], [2, 2, 2], [1, 2, 2, 1]])
def test_frames_needed_is_the_shortest_path_by_brute_force(target: list[int]) -> None:
    shortest = next(n for n in range(1, 9) if any(collapse(list(path), 0) == target for path in itertools.product((0, 1, 2), repeat=n)))
    assert frames_needed(np.array(target)) == shortest


def ctc_case(seed: int) -> tuple[list[torch.Tensor], list[np.ndarray], torch.Tensor]:
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    frames = torch.tensor([12, 6, 10])
    targets = [rng.integers(1, 8, n) for n in (4, 2, 5)]
    parameters = [torch.randn(*shape, requires_grad=True) for shape in ((3, 12, 16), (40, 16), (40,))]
    return parameters, targets, frames


@pytest.mark.parametrize("seed", range(4))
def test_the_compact_ctc_loss_and_its_gradients_are_torchs(seed: int) -> None:
    (states, weight, bias), targets, frames = ctc_case(seed)
    loss = projected_ctc_loss(states, weight, bias, CtcTargets(targets, 0), frames)
    ours = torch.autograd.grad(loss, (states, weight, bias))
    scores = (states @ weight.T + bias).log_softmax(-1).transpose(0, 1)
    labels = torch.from_numpy(np.concatenate(targets))
    plain = F.ctc_loss(scores, labels, frames, torch.tensor([len(target) for target in targets]), reduction="sum") / len(labels)
    assert loss.item() == pytest.approx(plain.item(), rel=1e-5)
    for one, other in zip(ours, torch.autograd.grad(plain, (states, weight, bias))):
        assert torch.allclose(one, other, atol=1e-5)


def test_a_sampled_vocabulary_sums_up_to_the_whole_one_on_average() -> None:
    _, targets, _ = ctc_case(9)
    weights = torch.rand(40)
    parts = [VocabularyPart(targets, BLANK, 40, 16, np.random.default_rng(seed)) for seed in range(400)]
    sums = [float((weights[part.ids] * part.correction.exp()).sum()) for part in parts]
    assert np.mean(sums) == pytest.approx(float(weights.sum()), rel=0.01)


def test_a_vocabulary_part_with_every_id_gives_the_loss_of_the_whole() -> None:
    (states, weight, bias), targets, frames = ctc_case(9)
    part = VocabularyPart(targets, BLANK, 40, 40, np.random.default_rng(0))
    loss = projected_ctc_loss(states, weight[part.ids], bias[part.ids] + part.correction, part.targets, frames)
    whole = projected_ctc_loss(states, weight, bias, CtcTargets(targets, BLANK), frames)
    assert loss.item() == pytest.approx(whole.item(), rel=1e-5)


@pytest.mark.parametrize(("length", "iterations"), [(1, 4), (3, 4), (10, 4), (10, 10), (7, 3)])
def test_fewer_tokens_are_masked_each_time_by_linear_decay(length: int, iterations: int) -> None:
    counts = [masked_count(length, t, iterations) for t in range(iterations)]
    assert counts[0] == length
    assert counts == [int(length * (iterations - t) / iterations) for t in range(iterations)]


def test_refinement_masks_the_least_certain_tokens_and_keeps_the_others() -> None:
    asked: list[np.ndarray] = []

    def fill(ids: np.ndarray, real: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        asked.append(ids.copy())
        places = np.broadcast_to(np.arange(ids.shape[1]), ids.shape)
        return 10 * len(asked) + places, -(places + 1.0) / len(asked)

    rows = refine(fill, [4, 2], 2, MASK, PAD)
    assert asked[0].tolist() == [[MASK] * 4, [MASK, MASK, PAD, PAD]]
    # The scores fall to the right, so the right half is asked for again.
    assert asked[1].tolist() == [[10, 11, MASK, MASK], [10, MASK, PAD, PAD]]
    assert [row.ids for row in rows] == [[10, 11, 22, 23], [10, 21]]
    assert [row.score for row in rows] == pytest.approx([(-1 - 2 - 1.5 - 2) / 4, (-1 - 1) / 2])


def test_the_likeliest_lengths_come_first_and_none_is_zero() -> None:
    assert length_candidates(np.array([9.0, 1.0, 3.0, 3.0, 2.0]), 3) == [2, 3, 4]
    assert best_candidate([Candidate([5], -1.0), Candidate([6], -0.5), Candidate([7], -0.5)]).ids == [6]


@pytest.mark.parametrize("seed", range(5))
def test_training_masks_some_tokens_of_every_row(seed: int) -> None:
    rng = np.random.default_rng(seed)
    targets = [rng.integers(4, 60, rng.integers(1, 20)) for _ in range(30)]
    masked, ids, lengths = mask_tokens(targets, rng)
    for row, target in enumerate(targets):
        assert ids[row, : lengths[row]].tolist() == target.tolist()
        assert (ids[row, lengths[row] :] == PAD).all()
        hidden = masked[row] == MASK
        assert hidden.any() and not hidden[lengths[row] :].any()
        assert (masked[row][~hidden] == ids[row][~hidden]).all()


def memory() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    lengths = torch.tensor([7, 3, 5])
    return torch.randn(3, 7, TINY.hidden_size), lengths, (torch.arange(7) < lengths.unsqueeze(1)).long()


@torch.no_grad()
def test_the_ctc_graph_is_the_module_and_a_row_ignores_its_batch(tmp_path: Path) -> None:
    student = shaken(CtcDecoder(TINY, CtcShape(layers=2)))
    embedding = torch.randn(60, TINY.hidden_size)
    export_ctc(student, embedding, tmp_path / "ctc_model.onnx")
    session = open_session(tmp_path / "ctc_model.onnx")
    states, lengths, mask = memory()
    logits, ids, scores = session.run(None, {"encoder_hidden_states": states.numpy(), "encoder_attention_mask": mask.numpy()})
    frame_states, frames = student(states, lengths)
    expected = frame_states @ embedding.T + student.bias
    for row, count in enumerate(frames.tolist()):
        assert np.allclose(logits[row, :count], expected[row, :count], atol=1e-4)
        assert (ids[row, :count] == expected[row, :count].argmax(-1).numpy()).all()
        assert np.allclose(scores[row, :count], expected[row, :count].log_softmax(-1).amax(-1), atol=1e-4)
        assert (ids[row, count:] == BLANK).all() and (scores[row, count:] == 0).all()
        alone = {"encoder_hidden_states": states[row : row + 1, : lengths[row]].numpy(),
                 "encoder_attention_mask": mask[row : row + 1, : lengths[row]].numpy()}
        assert np.allclose(session.run(["logits"], alone)[0][0], logits[row, :count], atol=1e-5)


@torch.no_grad()
def test_an_int8_ctc_graph_is_near_the_float_one_and_a_row_ignores_its_batch(tmp_path: Path) -> None:
    student, embedding = shaken(CtcDecoder(TINY, CtcShape(layers=2))), torch.randn(60, TINY.hidden_size)
    source, probe, target = (tmp_path / name for name in ("float.onnx", "probe.onnx", "int8.onnx"))
    export_ctc(student, embedding, source)
    states, lengths, mask = memory()
    feeds = {"encoder_hidden_states": states.numpy(), "encoder_attention_mask": mask.numpy()}
    names = write_probe(source, probe)
    quantize_products(source, target, dict(zip(names, map(float, open_session(probe).run(names, feeds)))))
    assert sum(node.op_type == "MatMulIntegerToFloat" for node in onnx.load(target).graph.node) == len(names)
    exact = open_session(source).run(["logits"], feeds)[0]
    session = open_session(target)
    logits = session.run(["logits"], feeds)[0]
    for row, length in enumerate(lengths.tolist()):
        frames = length * student.shape.upsampling
        error = np.abs(logits[row, :frames] - exact[row, :frames]).max()
        assert 0 < error < 0.1 * np.abs(exact[row, :frames]).max()
        alone = {"encoder_hidden_states": states[row : row + 1, :length].numpy(), "encoder_attention_mask": mask[row : row + 1, :length].numpy()}
        assert np.allclose(session.run(["logits"], alone)[0][0], logits[row, :frames], atol=1e-4)


@pytest.mark.parametrize(("less", "output"), [(0.0, [5]), (0.3, [5, 6]), (0.5, [5, 6]), (2.1, [5, 6, 7])])
def test_a_lower_blank_lets_more_tokens_through(less: float, output: list[int]) -> None:
    tokens, margin = np.array([5, 6, 6, 7]), np.array([-1.0, 0.25, 0.45, 2.0])
    assert best_path(tokens, margin, less, BLANK) == output


@pytest.mark.parametrize("seed", range(6))
def test_a_wide_prefix_beam_sums_all_alignments(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(5, 4)) * 2
    log_probs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    sums: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(4), repeat=5):
        output = tuple(collapse(list(path), 0))
        sums[output] = sums.get(output, 0.0) + float(np.exp(sum(log_probs[at, token] for at, token in enumerate(path))))
    beams = prefix_beam(log_probs, 0, width=1000, tokens=3)
    wide = prefix_beam(np.concatenate([log_probs, np.full((5, 1), -40.0)], 1), 0, width=1000, tokens=4)
    assert {tuple(beam.ids): pytest.approx(np.exp(beam.score), abs=1e-9) for beam in wide} == sums
    assert len(beams) < len(wide)


@torch.no_grad()
def test_the_mask_predict_graphs_are_the_modules(tmp_path: Path) -> None:
    student = shaken(MaskPredictDecoder(TINY, MaskPredictShape(layers=2)))
    predictor = shaken(LengthPredictor(TINY.hidden_size, 20))
    embedding = torch.randn(60, TINY.hidden_size)
    export_mask_predict(student, embedding, tmp_path / "mask_predict_model.onnx")
    export_length(predictor, tmp_path / "length_model.onnx")
    states, lengths, mask = memory()
    feeds = {"encoder_hidden_states": states.numpy(), "encoder_attention_mask": mask.numpy()}
    found = open_session(tmp_path / "length_model.onnx").run(None, feeds)[0]
    assert found.shape == (3, 21)
    assert np.allclose(found, predictor(states, mask.float()), atol=1e-4)
    counts = torch.tensor([6, 2, 4])
    ids = torch.randint(4, 60, (3, 6))
    ids[:, 1] = MASK
    real = (torch.arange(6) < counts.unsqueeze(1)).long()
    session = open_session(tmp_path / "mask_predict_model.onnx")
    logits, best, scores = session.run(None, {"input_ids": ids.numpy(), "attention_mask": real.numpy()} | feeds)
    target_mask, source_mask = (padding_mask(n, longest, torch.float32) for n, longest in ((counts, 6), (lengths, 7)))
    expected = student(ids, target_mask, copy_places(counts, lengths, 6), embedding, states, source_mask) @ embedding.T
    for row, count in enumerate(counts.tolist()):
        assert np.allclose(logits[row, :count], expected[row, :count], atol=1e-4)
        assert (best[row, :count] == expected[row, :count].argmax(-1).numpy()).all()
        assert np.allclose(scores[row, :count], expected[row, :count].log_softmax(-1).amax(-1), atol=1e-4)


def test_target_places_copy_the_source_places_beside_them() -> None:
    places = copy_places(torch.tensor([3, 6, 2, 1]), torch.tensor([3, 3, 6, 5]), 6)
    assert places[0, :3].tolist() == [0, 1, 2]
    assert places[1].tolist() == [0, 0, 1, 1, 2, 2]
    assert places[2, :2].tolist() == [1, 4]
    assert places[3, 0] == 2
    assert (places < torch.tensor([3, 3, 6, 5]).unsqueeze(1)).all()


def test_a_predictor_of_lengths_adds_up_what_the_tokens_say() -> None:
    predictor = LengthPredictor(TINY.hidden_size, 30)
    with torch.no_grad():
        for parameter in predictor.parameters():
            parameter.zero_()
        # softplus of this is 2: every token becomes two.
        predictor.fertility.bias[0] = float(np.log(np.exp(2.0) - 1))
    states, lengths, mask = memory()
    assert predictor(states, mask.float()).argmax(-1).tolist() == (2 * lengths).tolist()


