"""Modelos de verdad, en pequeño: la arquitectura es la suya y los pesos, al azar."""

import builtins
import json
import math
from pathlib import Path

import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

from llm_intro.desguace import probe as desguace
from llm_intro.desguace import real_models as llm
from llm_intro.desguace.figures import plot_answers
from llm_intro.desguace.probe import LONG, SHORT

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<s>", "</s>"]
SMALL = dict(vocab_size=160, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
             intermediate_size=48, max_position_embeddings=128)  # fmt: skip
SETTINGS = {
    "bert": lambda: transformers.BertForMaskedLM(transformers.BertConfig(**SMALL)),
    "gpt2": lambda: transformers.GPT2LMHeadModel(
        transformers.GPT2Config(vocab_size=160, n_embd=32, n_layer=2, n_head=4, n_positions=128)
    ),
    "llama": lambda: transformers.LlamaForCausalLM(
        transformers.LlamaConfig(**SMALL, num_key_value_heads=2)
    ),
}
NAMES = [name for group in llm.PLACES.values() for name in group]


def build_tokenizer(name):
    """Un tokenizador real de cada familia, entrenado con las frases de la lección."""
    wordpiece = name == "bert"
    model = models.WordPiece(unk_token="[UNK]") if wordpiece else models.BPE(unk_token="[UNK]")
    tokenizer = Tokenizer(model)
    if wordpiece:
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(vocab_size=160, special_tokens=SPECIAL)
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        trainer = trainers.BpeTrainer(vocab_size=160, special_tokens=SPECIAL)
    tokenizer.train_from_iterator([LONG, SHORT, *NAMES] * 3, trainer)
    pairs = {"bert": ("[CLS]", "[SEP]"), "llama": ("<s>", None)}.get(name)
    if pairs:
        marks = [(m, tokenizer.token_to_id(m)) for m in pairs if m]
        single = f"{pairs[0]} $A" + (f" {pairs[1]}" if pairs[1] else "")
        tokenizer.post_processor = processors.TemplateProcessing(
            single=single, special_tokens=marks
        )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", mask_token="[MASK]"
    )


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Los tres modelos, guardados en carpetas como los guarda Hugging Face."""
    root = tmp_path_factory.mktemp("modelos")
    for name, make in SETTINGS.items():
        with torch.random.fork_rng():
            torch.default_generator.manual_seed(0)
            make().save_pretrained(root / name)
        build_tokenizer(name).save_pretrained(root / name)
    return root


@pytest.fixture(params=sorted(SETTINGS))
def real(request, folders):
    """Cada modelo, cargado por su nombre, en la CPU."""
    return llm.load_real(str(folders / request.param), device="cpu")


def test_every_family_scores_names_of_several_tokens(real):
    """Todos los candidatos reciben bits finitos, y alguno ocupa más de un token."""
    scores = real.score(llm.without_article(LONG), NAMES)
    assert [s.candidate for s in scores] == NAMES
    assert all(math.isfinite(s.bits) and s.bits > 0 for s in scores)
    assert max(s.tokens for s in scores) > 1
    assert scores[0].bits_per_token == scores[0].bits / scores[0].tokens


def test_causal_bits_obey_the_chain_rule(folders):
    """Los bits de «al taller» son los de «al» más los de «taller» después de «al»."""
    real = llm.load_real(str(folders / "gpt2"), device="cpu")
    before = "Mañana voy a llevar el coche"
    both, first = real.score(f"{before} ____", ["al taller", "al"])
    (second,) = real.score(f"{before} al ____", ["taller"])
    assert both.tokens == first.tokens + second.tokens
    assert both.bits == pytest.approx(first.bits + second.bits, rel=1e-4)


def test_causal_bits_match_the_models_own_loss(folders):
    """Puntuar todo menos el primer token da la pérdida que calcula transformers."""
    real = llm.load_real(str(folders / "llama"), device="cpu")
    (score,) = real.score("A ____", ["mi coche"])
    ids = real.tokenizer("A mi coche", return_tensors="pt")["input_ids"]
    labels = ids.clone()
    labels[0, : ids.shape[1] - score.tokens] = -100
    with torch.inference_mode():
        loss = real.model(ids, labels=labels).loss
    assert score.bits == pytest.approx(float(loss) * score.tokens / math.log(2), rel=1e-4)


def test_masked_model_reads_what_comes_after_and_causal_does_not(folders):
    """Cambiar las palabras que siguen al hueco solo cambia al modelo de huecos."""
    texts = ["Llevo el coche ____ mañana.", "Llevo el coche ____ averías."]
    for name, changes in (("bert", True), ("gpt2", False), ("llama", False)):
        real = llm.load_real(str(folders / name), device="cpu")
        (one,), (other,) = (real.score(text, ["al taller"]) for text in texts)
        assert (abs(one.bits - other.bits) > 1e-6) is changes


def test_masked_word_does_not_see_its_own_pieces(folders):
    """En el hueco de huecos, el primer trozo se puntúa con todo el candidato tapado."""
    real = llm.load_real(str(folders / "bert"), device="cpu")
    (score,) = real.score("Llevo el coche ____ mañana.", ["al deshuesadero"])
    ids, spans = real._encode("Llevo el coche al deshuesadero mañana.")
    mine = [i for i, (a, b) in enumerate(spans) if a < 30 and b > 15]
    total = 0.0
    for first in mine:
        row = ids.clone()
        row[[i for i in mine if i >= first]] = real.tokenizer.mask_token_id
        with torch.inference_mode():
            logits = real.model(row[None]).logits[0, first]
        total -= float(torch.log_softmax(logits, -1)[ids[first]]) / math.log(2)
    assert score.tokens == len(mine) and score.bits == pytest.approx(total, rel=1e-5)


def test_shares_sum_to_one_over_the_regional_names(real):
    """El reparto junta «desguace», «yonke»…, y suma 1 entre los destinos."""
    shares = real.shares(llm.without_article(LONG), llm.PLACES)
    assert set(shares) == set(llm.PLACES) and sum(shares.values()) == pytest.approx(1)


def test_missing_library_says_how_to_install_it(monkeypatch):
    """Sin transformers, el aviso dice qué escribir y que la lección sigue."""
    monkeypatch.setattr(llm, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"%pip install transformers.*sigue"):
        llm.load_real("da-igual")


def test_unknown_name_is_a_clear_message(tmp_path):
    """Una carpeta sin modelo: el aviso nombra lo pedido y habla de la red."""
    with pytest.raises(ValueError, match=r"no se pudo cargar.*red"):
        llm.load_real(str(tmp_path / "no-existe"))


def test_other_architectures_are_refused(tmp_path):
    """Un modelo sin cabeza de lenguaje no sirve: el aviso dice cuál se esperaba."""
    transformers.BertModel(transformers.BertConfig(**SMALL)).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="ForMaskedLM"):
        llm.load_real(str(tmp_path))


def test_slow_tokenizer_is_refused():
    """Sin posiciones de los tokens no se puede saber cuáles son del candidato."""

    class Slow:
        is_fast = False

    with pytest.raises(ValueError, match="dónde empieza cada token"):
        llm.RealModel(torch.nn.Linear(1, 1), Slow(), masked=False)


def test_too_long_and_empty_texts_are_refused(real):
    """Un texto que no cabe, o un hueco sin nada antes, dan un aviso en español."""
    with pytest.raises(ValueError, match="Acórtalo"):
        real.score("coche " * 300 + "____", ["al taller"])
    with pytest.raises(ValueError, match="un solo hueco"):
        real.score("____", ["al taller"])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_lessons_cells_run_with_a_real_model(name, folders, capsys):
    """Las celdas de la lección, con el nombre puesto: candidatos y contrafactuales."""
    import matplotlib.pyplot as plt

    path = Path(__file__).parent.parent / "notebooks" / "06_desguace.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
    code = [sources[i] for i in ("nombres", "probar-real", "botones-reales")]
    code[1] = code[1].replace('NOMBRE = ""', f"NOMBRE = {str(folders / name)!r}")
    names = vars(desguace) | {"plot_answers": plot_answers}
    plt.close("all")  # las de otras pruebas
    exec("\n".join(code), names)  # como las ejecuta quien lee
    assert capsys.readouterr().out.count("por token") == 2 * len(NAMES)
    assert list(names["shares"]) == list(desguace.CHANGES) and len(plt.get_fignums()) == 1
    plt.close("all")


def test_importing_the_module_does_not_need_transformers(monkeypatch):
    """El módulo carga aunque transformers no esté: solo se pide al cargar un modelo."""
    import importlib

    original = builtins.__import__

    def guarded(name, *args, **kwargs):
        assert not name.startswith("transformers")
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", guarded)
    importlib.reload(llm)
