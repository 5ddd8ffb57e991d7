package dev.triptych.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class TensorTest {

    private final Arena arena = Arena.ofAuto();

    @Test
    void elementsAreRowMajor() {
        Tensor tensor = Tensor.allocate(arena, DType.FLOAT32, Shape.of(2, 3));
        for (int i = 0; i < 6; i++) {
            tensor.setFloat(i, i);
        }
        FloatBuffer floats = tensor.byteBuffer().asFloatBuffer();
        assertThat(floats.get(1 * 3 + 2)).isEqualTo(5f);
    }

    @Test
    void aReshapedTensorSeesTheSameMemory() {
        Tensor whole = Tensor.allocate(arena, DType.INT64, Shape.of(4, 8));
        Tensor small = whole.reshaped(2, 3);
        small.setLong(5, 42);
        assertThat(whole.getLong(5)).isEqualTo(42);
        assertThat(small.byteSize()).isEqualTo(48);
        assertThat(small.capacity()).isEqualTo(32);
        assertThat(small.reshaped(32).shape()).isEqualTo(Shape.of(32));
    }

    @Test
    void aShapeLargerThanTheMemoryIsRefused() {
        Tensor tensor = Tensor.allocate(arena, DType.FLOAT32, Shape.of(4));
        assertThatThrownBy(() -> tensor.reshaped(5))
                .isInstanceOf(ShapeMismatchException.class)
                .hasMessageContaining("20 bytes")
                .hasMessageContaining("16");
    }

    @Test
    void overlappingRowsMoveAsIfThroughACopy() {
        Tensor tensor = Tensor.allocate(arena, DType.INT32, Shape.of(6));
        for (int i = 0; i < 6; i++) {
            tensor.setInt(i, i);
        }
        tensor.move(2, 1, 4);
        assertThat(new int[] {tensor.getInt(0), tensor.getInt(1), tensor.getInt(2), tensor.getInt(3), tensor.getInt(4)})
                .containsExactly(0, 2, 3, 4, 5);
    }

    @Test
    void copyingBetweenElementTypesIsRefused() {
        Tensor floats = Tensor.allocate(arena, DType.FLOAT32, Shape.of(2));
        Tensor longs = Tensor.allocate(arena, DType.INT64, Shape.of(2));
        assertThatThrownBy(() -> floats.copyFrom(longs, 0, 0, 1)).isInstanceOf(ShapeMismatchException.class);
    }

    @Test
    void impossibleExtentsAreRefused() {
        assertThatThrownBy(() -> Shape.of(2, -1)).isInstanceOf(ShapeMismatchException.class);
        assertThatThrownBy(() -> Shape.of(Long.MAX_VALUE, 2)).isInstanceOf(ArithmeticException.class);
        assertThat(Shape.of().elementCount()).isEqualTo(1);
        assertThat(Shape.of(3, 0).elementCount()).isZero();
    }
}
