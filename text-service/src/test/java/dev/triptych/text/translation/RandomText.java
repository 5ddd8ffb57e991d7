package dev.triptych.text.translation;

import java.util.List;
import java.util.Random;

/** Texts of a seed that contain what splitting can trip over. */
final class RandomText {

    private static final String[] PIECES = {
        "word",
        "Word",
        "a",
        "I",
        "Dr.",
        "e.g.",
        "3.",
        "12",
        "...",
        ".",
        "!",
        "?",
        ",",
        ";",
        ":",
        " ",
        "  ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        "\u2028",
        "\u00A0",
        "\u3000",
        "\u0085",
        "\uFEFF",
        "\u200B",
        "(",
        ")",
        "\"",
        "“",
        "”",
        "-",
        "\uD83D\uDE00",
        "e\u0301",
        "文。",
        "ß",
        "Überall",
        "http://a.b/c?d=e.",
        "%s",
        "{name}",
        "\u0000",
        "\uD800"
    };

    private RandomText() {}

    /** Without half characters and without what is not translated. */
    static String words(Random random) {
        String text = of(random).replace('-', ',').replace('(', '[');
        for (String other : List.of("\uD800", "%s", "{name}", "http://a.b/c?d=e.")) {
            text = text.replace(other, "");
        }
        return text;
    }

    static String of(Random random) {
        StringBuilder text = new StringBuilder();
        int pieces = random.nextInt(60);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
            if (random.nextInt(3) == 0) {
                text.append(' ');
            }
        }
        return text.toString();
    }
}
