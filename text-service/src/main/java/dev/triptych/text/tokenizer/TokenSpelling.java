package dev.triptych.text.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** How a vocabulary writes the bytes that its tokens stand for. */
public enum TokenSpelling {

    /** A letter of GPT-2's alphabet for each byte (Radford et al. 2019); other letters stand for themselves. */
    BYTE_LEVEL {
        @Override
        public byte[] bytes(String token) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(token.length());
            for (int i = 0; i < token.length(); i++) {
                Integer value = ALPHABET.get(token.charAt(i));
                if (value == null) {
                    return token.getBytes(StandardCharsets.UTF_8);
                }
                bytes.write(value);
            }
            return bytes.toByteArray();
        }
    },

    /** Text with U+2581 for a space, and {@code <0xC3>} for a single byte (Kudo and Richardson 2018). */
    SENTENCE_PIECE {
        @Override
        public byte[] bytes(String token) {
            return TokenTable.BYTE.matcher(token).matches()
                    ? new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)}
                    : token.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
        }
    },

    /** In a way that is not known here. */
    UNKNOWN {
        @Override
        public byte[] bytes(String token) {
            return new byte[0];
        }
    };

    private static final Map<Character, Integer> ALPHABET = alphabet();

    /** The bytes of a token; none where they are not known. */
    public abstract byte[] bytes(String token);

    /** Bytes that print stand for themselves, the others for letters from U+0100 on, in ascending order. */
    private static Map<Character, Integer> alphabet() {
        Map<Character, Integer> alphabet = new HashMap<>();
        char next = 0x100;
        for (int value = 0; value < 256; value++) {
            boolean prints = value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xAC || value >= 0xAE;
            alphabet.put(prints ? (char) value : next++, value);
        }
        return alphabet;
    }
}
