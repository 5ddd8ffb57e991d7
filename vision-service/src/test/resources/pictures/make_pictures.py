"""Writes the pictures of ImageDecoderTest and, beside each, what Pillow makes of it: NAME.rgb.png.

Run with Pillow and NumPy installed: python make_pictures.py
"""

import pathlib

import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 37, 23


def base() -> Image.Image:
    rng = np.random.default_rng(7)
    x = np.linspace(0, 255, WIDTH)[None, :].repeat(HEIGHT, 0)
    y = np.linspace(0, 255, HEIGHT)[:, None].repeat(WIDTH, 1)
    pixels = np.stack([x, y, (x + y) / 2], -1) + rng.integers(-20, 20, (HEIGHT, WIDTH, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x112] = orientation
    return tags


def offset_gif(image: Image.Image) -> bytes:
    """A frame of 37x23 at (5, 3) on a screen of 50x40, as editors write them."""
    path = HERE / "offset.gif"
    image.quantize(16).save(path, transparency=3)
    data = bytearray(path.read_bytes())
    data[6:10] = bytes([50, 0, 40, 0])
    descriptor = data.index(b"\x2c\x00\x00\x00\x00")
    data[descriptor + 1 : descriptor + 5] = bytes([5, 0, 3, 0])
    return bytes(data)


def main() -> None:
    image = base()
    gray = image.convert("L")
    alpha = image.convert("RGBA")
    alpha.putalpha(gray)
    ramp = (np.arange(WIDTH * HEIGHT).reshape(HEIGHT, WIDTH) * 75).astype(np.uint16)

    image.save(HERE / "rgb.png")
    gray.save(HERE / "gray.png")
    Image.fromarray(ramp).save(HERE / "gray16.png")
    image.quantize(16).save(HERE / "palette.png", transparency=3)
    image.convert("1").save(HERE / "bilevel.png")
    alpha.save(HERE / "alpha.png")
    image.convert("LA").save(HERE / "gray-alpha.png")
    for orientation in range(1, 9):
        image.save(HERE / f"exif{orientation}.png", exif=exif(orientation))

    image.save(HERE / "quality90.jpg", quality=90)
    image.save(HERE / "subsampling444.jpg", subsampling=0)
    image.save(HERE / "subsampling422.jpg", subsampling=1)
    image.save(HERE / "progressive.jpg", progressive=True)
    image.save(HERE / "rgb-not-ycc.jpg", keep_rgb=True)
    gray.save(HERE / "gray.jpg")
    image.convert("CMYK").save(HERE / "cmyk.jpg")
    image.save(HERE / "exif6.jpg", exif=exif(6))

    image.save(HERE / "frame.gif")
    (HERE / "offset.gif").write_bytes(offset_gif(image))
    image.save(HERE / "animated.gif", save_all=True, append_images=[ImageOps.invert(image)])

    image.save(HERE / "rgb.bmp")
    image.quantize(16).save(HERE / "palette.bmp")
    alpha.save(HERE / "alpha.bmp")

    image.save(HERE / "lossless.webp", lossless=True)
    alpha.save(HERE / "alpha-lossless.webp", lossless=True)
    image.save(HERE / "exif6.webp", lossless=True, exif=exif(6))
    image.save(HERE / "lossy.webp", quality=90)
    alpha.save(HERE / "alpha-lossy.webp", quality=90)

    for path in sorted(HERE.iterdir()):
        if path.suffix in {".png", ".jpg", ".gif", ".bmp", ".webp"} and ".rgb." not in path.name:
            with Image.open(path) as source:
                ImageOps.exif_transpose(source).convert("RGB").save(HERE / f"{path.name}.rgb.png")


if __name__ == "__main__":
    main()
