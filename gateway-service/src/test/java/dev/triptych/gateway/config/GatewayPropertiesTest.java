package dev.triptych.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.unit.DataSize;

class GatewayPropertiesTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withInitializer(new ConfigDataApplicationContextInitializer())
            .withUserConfiguration(Binding.class);

    @Test
    void everyKeyHasThisDefault() {
        runner.run(context -> assertThat(context.getBean(GatewayProperties.class))
                .isEqualTo(new GatewayProperties(
                        new GatewayProperties.Services(
                                new GatewayProperties.Service(
                                        List.of(URI.create("http://127.0.0.1:8081")),
                                        List.of(),
                                        DataSize.ofMegabytes(1),
                                        Duration.ofSeconds(120),
                                        Duration.ofSeconds(60)),
                                new GatewayProperties.Service(
                                        List.of(URI.create("http://127.0.0.1:8082")),
                                        List.of(),
                                        DataSize.ofMegabytes(25),
                                        Duration.ofSeconds(120),
                                        Duration.ofSeconds(60))),
                        new GatewayProperties.Gateway(
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1),
                                256,
                                Duration.ofSeconds(5),
                                DataSize.ofMegabytes(1),
                                DataSize.ofMegabytes(64)),
                        new JobsProperties(
                                new JobsProperties.Store("", "", "", "var/jobs"),
                                DataSize.ofMegabytes(200),
                                Duration.ofDays(30),
                                Duration.ofHours(1),
                                true,
                                "local-8080",
                                50_000,
                                DataSize.ofMegabytes(4),
                                1000,
                                4,
                                100,
                                Duration.ofMillis(250),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(30),
                                500),
                        new AccessProperties("", "", "", Duration.ofSeconds(5), ""),
                        new GatewayProperties.Limits(0, 0, 0, 0),
                        new GatewayProperties.Connections(
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(20),
                                Duration.ofMinutes(10),
                                Duration.ofSeconds(60),
                                List.of()),
                        Duration.ofSeconds(2))));
    }

    @Test
    void theSuitesVariablesMoveTheServices() {
        runner.withPropertyValues("TRIPTYCH_TEXT_PORT=9001", "TRIPTYCH_VISION_URL=http://vision:80,http://vision2:80")
                .run(context -> {
                    GatewayProperties.Services services =
                            context.getBean(GatewayProperties.class).services();
                    assertThat(services.text().url()).containsExactly(URI.create("http://127.0.0.1:9001"));
                    assertThat(services.vision().url())
                            .containsExactly(URI.create("http://vision:80"), URI.create("http://vision2:80"));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "triptych.services.text.response-timeout=0s",
                "triptych.services.text.url=",
                "triptych.services.text.max-bodi=2MB",
                "triptych.gateway.readiness-timeout=-1s"
            })
    void whatMakesNoSenseStopsTheStart(String setting) {
        runner.withPropertyValues(setting).run(context -> assertThat(context).hasFailed());
    }

    @ParameterizedTest
    @CsvSource({", 9080", "8080, 9080", "18080, 19080", "0, 0"})
    void theManagementPortFollowsTheServingPort(String port, String management) {
        MockEnvironment environment = new MockEnvironment();
        if (port != null) {
            environment.setProperty("server.port", port);
        }
        new ManagementPort().postProcessEnvironment(environment, new SpringApplication());
        assertThat(environment.getProperty("management.server.port")).isEqualTo(management);
    }

    @Test
    void managementIsNeverOnThePublicPort() {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("server.port", "8080")
                .withProperty("management.server.port", "8080");
        assertThatThrownBy(() -> new ManagementPort().postProcessEnvironment(environment, new SpringApplication()))
                .hasMessageContaining("management.server.port")
                .hasMessageContaining("8080");
    }

    @Test
    void anExplicitManagementPortStands() {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("server.port", "8080")
                .withProperty("management.server.port", "7000");
        new ManagementPort().postProcessEnvironment(environment, new SpringApplication());
        assertThat(environment.getProperty("management.server.port")).isEqualTo("7000");
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8081, http://127.0.0.1:9081",
        "http://text-service:80/base, http://text-service:1080",
        "http://text-service, http://text-service:1080",
        "https://text.example, https://text.example:1443"
    })
    void aServicesProbesAreOnItsPortPlusAThousand(URI url, URI management) {
        assertThat(ManagementPort.companionOf(url)).isEqualTo(management);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(GatewayProperties.class)
    static class Binding {}
}
