package dev.triptych.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorWireTest {

    private final Arena arena = Arena.ofAuto();

    @Test
    void theFormIsTheOneDocumented() {
        Tensor tensor = Tensor.allocate(arena, DType.FLOAT32, Shape.of(1, 2));
        tensor.setFloat(0, 1f);
        tensor.setFloat(1, -2f);
        assertThat(HexFormat.of().formatHex(TensorWire.write(tensor)))
                .isEqualTo("54505431" + "00" + "02" + "0000" + "0100000000000000" + "0200000000000000" + "0000803f"
                        + "000000c0");
    }

    @ParameterizedTest
    @EnumSource
    void everyElementTypeSurvivesTheTrip(DType dtype) {
        Random random = new Random(dtype.ordinal());
        Tensor tensor = Tensor.allocate(arena, dtype, Shape.of(3, 1, 5));
        for (long i = 0; i < tensor.byteSize(); i++) {
            tensor.memory().set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        Tensor back = TensorWire.read(arena, TensorWire.write(tensor));
        assertThat(back.dtype()).isEqualTo(dtype);
        assertThat(back.shape()).isEqualTo(tensor.shape());
        assertThat(back.memory().mismatch(tensor.memory())).isEqualTo(-1);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] bytes = TensorWire.write(Tensor.allocate(arena, DType.INT64, Shape.of(2, 2)));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> TensorWire.read(arena, cut)).isInstanceOf(TriptychException.Rejected.class);
        }
    }

    @Test
    void randomDamageNeverEscapesAsAnotherError() {
        Random random = new Random(7);
        byte[] bytes = TensorWire.write(Tensor.allocate(arena, DType.FLOAT32, Shape.of(2, 3)));
        for (int round = 0; round < 5_000; round++) {
            byte[] damaged = bytes.clone();
            for (int i = 0; i < 3; i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                TensorWire.read(arena, damaged);
            } catch (TriptychException.Rejected expected) {
                assertThat(expected.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            }
        }
    }
}
