"""The flag classifier as trained: Hugging Face's ViT, written like the translator for speed on a processor."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import ViTConfig, ViTForImageClassification

from foundry.model import Layer


@dataclass(frozen=True)
class VisionShape:
    classes: int
    image_size: int = 128
    patch_size: int = 16
    hidden_size: int = 256
    ffn_size: int = 1024
    head_count: int = 4
    layers: int = 8

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    @property
    def patches(self) -> int:
        return (self.image_size // self.patch_size) ** 2


class FlagClassifier(nn.Module):
    """Patches, a class token and learned positions through Pre-LN layers; the class token's state is classified."""

    def __init__(self, shape: VisionShape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.hidden_size
        self.patch = nn.Linear(3 * shape.patch_size**2, width)
        self.class_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.position_embedding = nn.Parameter(torch.randn(1, shape.patches + 1, width) * 0.02)
        self.layers = nn.ModuleList(Layer(shape, False, 0.0, F.gelu) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(width)
        # Named so that the optimizer treats it like an embedding: Adam, not Muon.
        self.class_embedding = nn.Linear(width, shape.classes)
        self._initialize()

    def _initialize(self) -> None:
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=parameter.shape[1] ** -0.5)
                if name.endswith(("out.weight", "down.weight")):
                    parameter.data.mul_((2 * self.shape.layers) ** -0.5)
                if name == "class_embedding.weight":
                    nn.init.zeros_(parameter)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def patches(self, pixels: Tensor) -> Tensor:
        """``[batch, 3, size, size]`` cut into rows of patches ``[batch, patches, 3 * patch * patch]``."""
        size = self.shape.patch_size
        batch, channels, height, width = pixels.shape
        cut = pixels.view(batch, channels, height // size, size, width // size, size)
        return cut.permute(0, 2, 4, 1, 3, 5).reshape(batch, self.shape.patches, channels * size * size)

    def forward(self, pixels: Tensor) -> Tensor:
        """Logits ``[batch, classes]`` of normalized pixels."""
        states = self.patch(self.patches(pixels))
        states = torch.cat([self.class_token.expand(len(states), -1, -1), states], dim=1) + self.position_embedding
        for layer in self.layers:
            states = layer(states, None, None, None)
        return self.class_embedding(self.norm(states)[:, 0])


def vit_to_hugging_face(shape: VisionShape, weights: dict[str, Tensor], labels: list[str]) -> ViTForImageClassification:
    """The same function as :class:`FlagClassifier` with these weights, as a transformers model in eval mode."""
    config = ViTConfig(
        image_size=shape.image_size, patch_size=shape.patch_size, hidden_size=shape.hidden_size,
        num_hidden_layers=shape.layers, num_attention_heads=shape.head_count, intermediate_size=shape.ffn_size,
        hidden_act="gelu", layer_norm_eps=1e-5, id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)}, attn_implementation="eager",
    )
    model = ViTForImageClassification(config)
    width, size = shape.hidden_size, shape.patch_size
    state = {
        "vit.embeddings.cls_token": weights["class_token"],
        "vit.embeddings.position_embeddings": weights["position_embedding"],
        "vit.embeddings.patch_embeddings.projection.weight": weights["patch.weight"].view(width, 3, size, size),
        "vit.embeddings.patch_embeddings.projection.bias": weights["patch.bias"],
    }
    for kind in ("weight", "bias"):
        state[f"vit.layernorm.{kind}"] = weights[f"norm.{kind}"]
        state[f"classifier.{kind}"] = weights[f"class_embedding.{kind}"]
    names = {"self_norm": "layernorm_before", "ffn_norm": "layernorm_after", "up": "mlp.fc1", "down": "mlp.fc2",
             "self_attention.out": "attention.o_proj"}
    for layer in range(shape.layers):
        ours, theirs = f"layers.{layer}", f"vit.layers.{layer}"
        for kind in ("weight", "bias"):
            packed = weights[f"{ours}.self_attention.packed.{kind}"].split(width)
            for part, value in zip("qkv", packed):
                state[f"{theirs}.attention.{part}_proj.{kind}"] = value
            for own, name in names.items():
                state[f"{theirs}.{name}.{kind}"] = weights[f"{ours}.{own}.{kind}"]
    model.load_state_dict(state)
    return model.eval()
