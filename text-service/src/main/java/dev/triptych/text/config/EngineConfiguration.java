package dev.triptych.text.config;

import dev.triptych.text.runtime.MemoryBudget;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.TimeSource;
import dev.triptych.text.telemetry.EngineTraces;
import dev.triptych.text.telemetry.MeteredListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the models and their engine loops. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EngineProperties.class)
public class EngineConfiguration {

    /** The models of the repository; {@link #modelLoader} loads them. */
    @Bean(destroyMethod = "close")
    public ModelRegistry textModels(EngineProperties properties, MeterRegistry meters, ObjectProvider<Tracer> tracer) {
        Tracer spans = tracer.getIfAvailable();
        EngineAssembly assembly = new EngineAssembly(
                properties,
                properties.engine().sessions(),
                TimeSource.system(),
                MeteredListener.perModel(meters, spans == null ? EngineTraces.NONE : EngineTraces.of(spans)));
        Gauge.builder("triptych.models.memory", assembly.memory(), MemoryBudget::heldBytes)
                .description("Memory set aside for graphs and caches of all models")
                .baseUnit("bytes")
                .register(meters);
        return assembly.registry();
    }

    /** Loads in the background, so that HTTP can tell how far loading is. */
    @Bean(destroyMethod = "close")
    public ModelLoader modelLoader(ModelRegistry models, EngineProperties properties) {
        return new ModelLoader(models, properties.models(), properties.watch());
    }

    /** Drains before HTTP is gone. */
    @Bean
    public SmartLifecycle engineLifecycle(ModelRegistry models, ModelLoader loader, EngineProperties properties) {
        return new EngineLifecycle(models, loader, properties.limits().drain());
    }
}
