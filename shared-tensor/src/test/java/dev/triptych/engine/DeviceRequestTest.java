package dev.triptych.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceRequestTest {

    @Test
    void theFourFormsAreRead() {
        assertThat(DeviceRequest.parse("auto")).isEqualTo(new DeviceRequest.Auto());
        assertThat(DeviceRequest.parse("cpu")).isEqualTo(new DeviceRequest.Cpu());
        assertThat(DeviceRequest.parse("cuda")).isEqualTo(new DeviceRequest.Cuda(0));
        assertThat(DeviceRequest.parse("cuda:3")).isEqualTo(new DeviceRequest.Cuda(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:99999", "cuda:1 "})
    void anythingElseIsRefusedWithTheChoices(String text) {
        assertThatThrownBy(() -> DeviceRequest.parse(text)).hasMessageContaining("auto, cpu, cuda or cuda:N");
    }
}
