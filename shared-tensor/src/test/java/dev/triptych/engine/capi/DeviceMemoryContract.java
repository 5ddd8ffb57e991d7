package dev.triptych.engine.capi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.ModelSession;
import dev.triptych.engine.NamedTensors;
import dev.triptych.engine.SessionOptions;
import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.TensorMemory;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the memory of any device does. */
abstract class DeviceMemoryContract {

    private static final int HEADS = 3;
    private static final int SIZE = 4;

    private final DeviceRequest device;
    private ModelSession session;
    private TensorMemory memory;

    DeviceMemoryContract(DeviceRequest device) {
        this.device = device;
    }

    @BeforeEach
    void open() {
        session = new CapiModelSessions()
                .open(Path.of("src/test/resources/graphs/sum-product.onnx"), new SessionOptions(device, 1));
        memory = session.memory();
    }

    @AfterEach
    void close() {
        session.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void rowsAreCopiedAsTheHostCopiesThem(long seed) {
        Random random = new Random(seed);
        int fromRows = 1 + random.nextInt(6);
        int toRows = 1 + random.nextInt(6);
        int fromLength = 1 + random.nextInt(9);
        int toLength = 1 + random.nextInt(9);
        Tensor from = random(random, fromRows, fromLength);
        Tensor to = random(random, toRows, toLength);
        int[] targets =
                IntStream.range(0, toRows).filter(row -> random.nextBoolean()).toArray();
        int[] sources =
                Arrays.stream(targets).map(row -> random.nextInt(fromRows)).toArray();
        int length = random.nextInt(Math.min(fromLength, toLength) + 1);
        try (TensorMemory.Block there = memory.allocate(from.byteSize());
                TensorMemory.Block here = memory.allocate(to.byteSize())) {
            Tensor fromDevice = upload(from, there);
            Tensor toDevice = upload(to, here);
            memory.copyRows(fromDevice, sources, toDevice, targets, length);
            TensorMemory.host().copyRows(from, sources, to, targets, length);
            assertThat(download(toDevice)).isEqualTo(bytes(to));
            assertThat(download(fromDevice)).isEqualTo(bytes(from));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16"})
    void rowsPartWithinABufferInPlace(DType dtype) {
        Tensor buffer = random(new Random(9), 4, 6, dtype);
        try (TensorMemory.Block block = memory.allocate(buffer.byteSize())) {
            Tensor device = upload(buffer, block);
            int[] sources = {2, 2};
            int[] targets = {0, 3};
            memory.copyRows(device, sources, device, targets, 5);
            TensorMemory.host().copyRows(buffer, sources, buffer, targets, 5);
            assertThat(download(device)).isEqualTo(bytes(buffer));
        }
    }

    @Test
    void graphsReadAndWriteTheDevicesMemoryAndJavaDoesNot() {
        try (TensorMemory.Block block = memory.allocate(1024)) {
            Tensor sum = block.tensor(512, DType.FLOAT32, Shape.of(1, 2));
            Tensor a = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(1, 2));
            a.setFloat(0, 1);
            a.setFloat(1, 2);
            session.run(new NamedTensors().put("a", a).put("b", a), NamedTensors.of("sum", sum));
            session.run(new NamedTensors().put("a", sum).put("b", a), NamedTensors.of("sum", sum));
            Tensor seen = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(1, 2));
            session.run(new NamedTensors().put("a", sum).put("b", a), NamedTensors.of("sum", seen));
            assertThat(seen.getFloat(0)).isEqualTo(4);
            assertThat(seen.getFloat(1)).isEqualTo(8);
            assertThatThrownBy(() -> sum.getFloat(0)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> sum.setFloat(1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void aBlockIsZeroThoughItWasUsedBefore() {
        Tensor noise = random(new Random(4), 5, 7);
        for (int use = 0; use < 3; use++) {
            try (TensorMemory.Block block = memory.allocate(noise.byteSize())) {
                ByteBuffer first = download(block.tensor(0, noise.dtype(), noise.shape()));
                assertThat(first).isEqualTo(ByteBuffer.allocate(first.capacity()));
                upload(noise, block);
            }
        }
    }

    @Test
    void aBlockMayOutliveTheSession() {
        TensorMemory.Block block = memory.allocate(64);
        session.close();
        assertThatThrownBy(() -> memory.allocate(64)).hasMessageContaining("closed");
        block.close();
    }

    private static Tensor random(Random random, int rows, int length) {
        return random(random, rows, length, DType.FLOAT32);
    }

    private static Tensor random(Random random, int rows, int length, DType dtype) {
        Tensor tensor = Tensor.allocate(Arena.ofAuto(), dtype, Shape.of(rows, HEADS, length, SIZE));
        byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
        random.nextBytes(bytes);
        tensor.byteBuffer().put(bytes);
        return tensor;
    }

    private Tensor upload(Tensor host, TensorMemory.Block block) {
        Tensor device = block.tensor(0, host.dtype(), host.shape());
        int[] rows = IntStream.range(0, (int) host.shape().dim(0)).toArray();
        memory.copyRows(host, rows, device, rows, (int) host.shape().dim(2));
        return device;
    }

    private ByteBuffer download(Tensor device) {
        Tensor host = Tensor.allocate(Arena.ofAuto(), device.dtype(), device.shape());
        int[] rows = IntStream.range(0, (int) device.shape().dim(0)).toArray();
        memory.copyRows(device, rows, host, rows, (int) device.shape().dim(2));
        return bytes(host);
    }

    private static ByteBuffer bytes(Tensor host) {
        return host.byteBuffer();
    }
}
