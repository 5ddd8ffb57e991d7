package dev.triptych.engine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The device that a setting asks for. */
public sealed interface DeviceRequest {

    /** CUDA where a session can be created on it, else CPU. */
    record Auto() implements DeviceRequest {}

    record Cpu() implements DeviceRequest {}

    /** CUDA or failure. */
    record Cuda(int index) implements DeviceRequest {}

    /**
     * Reads {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}.
     *
     * @throws IllegalArgumentException for anything else
     */
    static DeviceRequest parse(String text) {
        Matcher cuda = Pattern.compile("cuda(?::(\\d{1,4}))?").matcher(text);
        if (cuda.matches()) {
            String index = cuda.group(1);
            return new Cuda(index == null ? 0 : Integer.parseInt(index));
        }
        return switch (text) {
            case "auto" -> new Auto();
            case "cpu" -> new Cpu();
            default -> throw new IllegalArgumentException("a device is auto, cpu, cuda or cuda:N, got '" + text + "'");
        };
    }
}
