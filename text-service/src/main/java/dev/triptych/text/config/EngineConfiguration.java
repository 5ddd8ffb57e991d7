package dev.triptych.text.config;

import dev.triptych.engine.onnx.OnnxModelSessions;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.TimeSource;
import dev.triptych.text.telemetry.MeteredListener;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the models and their engine loops. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EngineProperties.class)
public class EngineConfiguration {

    /** The models of the repository; {@link #engineLifecycle} loads them. */
    @Bean(destroyMethod = "close")
    public ModelRegistry textModels(EngineProperties properties, MeterRegistry meters) {
        return new EngineAssembly(
                        properties,
                        new OnnxModelSessions(),
                        TimeSource.system(),
                        model -> new MeteredListener(meters, model))
                .registry();
    }

    /** Loads in the background, so that HTTP can tell how far loading is; drains before HTTP is gone. */
    @Bean
    public SmartLifecycle engineLifecycle(ModelRegistry models, EngineProperties properties) {
        return new EngineLifecycle(models, properties.limits().drain());
    }
}
