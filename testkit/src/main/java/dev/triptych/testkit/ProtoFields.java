package dev.triptych.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The fields of a message of protocol buffers, by number: enough to look into messages whose classes are not at hand. */
final class ProtoFields {

    private final List<Field> fields = new ArrayList<>();

    /** @param value a {@code byte[]}, or the {@code Long} of a number's bits */
    private record Field(int number, int wireType, Object value) {}

    static ProtoFields of(byte[] message) {
        ProtoFields read = new ProtoFields();
        ByteBuffer bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            int tag = Math.toIntExact(varint(bytes));
            int wireType = tag & 7;
            read.fields.add(new Field(tag >>> 3, wireType, value(bytes, wireType)));
        }
        return read;
    }

    private static Object value(ByteBuffer bytes, int wireType) {
        return switch (wireType) {
            case 0 -> varint(bytes);
            case 1 -> bytes.getLong();
            case 2 -> {
                byte[] content = new byte[Math.toIntExact(varint(bytes))];
                bytes.get(content);
                yield content;
            }
            case 5 -> (long) bytes.getInt();
            default -> throw new IllegalArgumentException("wire type " + wireType);
        };
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    List<ProtoFields> messages(int number) {
        return fields.stream()
                .filter(field -> field.number() == number)
                .map(field -> of((byte[]) field.value()))
                .toList();
    }

    byte[] bytes(int number) {
        return fields.stream()
                .filter(field -> field.number() == number)
                .map(field -> (byte[]) field.value())
                .findFirst()
                .orElse(new byte[0]);
    }

    String text(int number) {
        return new String(bytes(number), StandardCharsets.UTF_8);
    }

    /** The only field, whatever it is: text, a whole number or a floating one. */
    String scalar() {
        return switch (fields.getFirst()) {
            case Field(var _, int wireType, byte[] content) -> new String(content, StandardCharsets.UTF_8);
            case Field(var _, int wireType, Long bits)
            when wireType == 1 -> Double.toString(Double.longBitsToDouble(bits));
            case Field field -> field.value().toString();
        };
    }
}
