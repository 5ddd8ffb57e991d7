package dev.triptych.text.api;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** OpenAI's list of embeddings. */
record EmbeddingReply(String object, List<Entry> data, String model, Tokens usage) {

    /** @param embedding a list of numbers, or their little-endian float32 bytes in base64 */
    record Entry(String object, int index, Object embedding) {}

    record Tokens(int promptTokens, int totalTokens) {}

    static EmbeddingReply of(String model, List<float[]> vectors, boolean base64, int tokens) {
        List<Entry> data = new ArrayList<>(vectors.size());
        for (float[] vector : vectors) {
            data.add(new Entry("embedding", data.size(), base64 ? base64(vector) : vector));
        }
        return new EmbeddingReply("list", data, model, new Tokens(tokens, tokens));
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
