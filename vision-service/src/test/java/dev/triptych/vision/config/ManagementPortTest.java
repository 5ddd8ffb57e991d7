package dev.triptych.vision.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

class ManagementPortTest {

    @Test
    void followsTheServicesPort() {
        assertThat(managementPort(new MockEnvironment().withProperty("server.port", "8082")))
                .isEqualTo("9082");
        assertThat(managementPort(new MockEnvironment().withProperty("server.port", "20000")))
                .isEqualTo("21000");
    }

    @Test
    void aPortOfItsOwnWins() {
        assertThat(managementPort(new MockEnvironment()
                        .withProperty("server.port", "8082")
                        .withProperty("management.server.port", "1234")))
                .isEqualTo("1234");
    }

    @Test
    void anyFreePortMeansAnyForBoth() {
        assertThat(managementPort(new MockEnvironment().withProperty("server.port", "0")))
                .isEqualTo("0");
    }

    private static String managementPort(MockEnvironment environment) {
        new ManagementPort().postProcessEnvironment(environment, new SpringApplication());
        return environment.getProperty("management.server.port");
    }
}
