package dev.triptych.vision.config;

import dev.triptych.inference.InferenceQueue;
import dev.triptych.vision.api.ApiDocumentController;
import dev.triptych.vision.api.ErrorResponses;
import dev.triptych.vision.api.HeldBytes;
import dev.triptych.vision.api.ImageRequestReader;
import dev.triptych.vision.api.InferenceController;
import dev.triptych.vision.api.ModelsController;
import dev.triptych.vision.api.RequestIdFilter;
import dev.triptych.vision.api.VisionController;
import dev.triptych.vision.image.ImageLimits;
import dev.triptych.vision.model.VisionModels;
import dev.triptych.vision.vit.ImageAnalyzer;
import dev.triptych.vision.vit.ResultDrawer;
import dev.triptych.worker.drain.Draining;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.multipart.DefaultPartHttpMessageReader;
import org.springframework.http.codec.multipart.MultipartHttpMessageReader;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/** Wires the HTTP door. */
@Configuration(proxyBeanMethods = false)
class HttpConfiguration {

    /** The picture and its few fields. */
    private static final int MAX_PARTS = 8;

    /** An eighth of the heap: while a body is read and unpacked it is there more than once. */
    @Bean
    HeldBytes heldBytes(ImageLimits limits) {
        return new HeldBytes(
                Math.max(2L * limits.maxBytes(), Runtime.getRuntime().maxMemory() / 8));
    }

    @Bean
    VisionController visionController(ImageLimits limits, HeldBytes held, ImageAnalyzer analyzer, ResultDrawer drawer) {
        return new VisionController(new ImageRequestReader(limits, held), analyzer, drawer);
    }

    @Bean
    ModelsController modelsController(VisionModels models) {
        return new ModelsController(models);
    }

    @Bean
    ApiDocumentController apiDocumentController() {
        return new ApiDocumentController();
    }

    @Bean
    InferenceController inferenceController(
            VisionModels models,
            InferenceQueue queue,
            ImageLimits limits,
            HeldBytes held,
            VisionProperties properties) {
        return new InferenceController(
                models, queue, limits, held, properties.vision().deadline());
    }

    @Bean
    Draining draining(VisionProperties properties) {
        return new Draining(properties.drainDelay());
    }

    @Bean
    ErrorResponses errorResponses() {
        return new ErrorResponses();
    }

    @Bean
    RequestIdFilter requestIdFilter() {
        return new RequestIdFilter();
    }

    /** Parts stay in memory up to the picture's limit; what would go beyond is refused while it is read. */
    @Bean
    WebFluxConfigurer multipartLimits(ImageLimits limits) {
        return new WebFluxConfigurer() {
            @Override
            public void configureHttpMessageCodecs(ServerCodecConfigurer configurer) {
                DefaultPartHttpMessageReader parts = new DefaultPartHttpMessageReader();
                parts.setMaxParts(MAX_PARTS);
                parts.setMaxInMemorySize(limits.maxBytes());
                parts.setMaxDiskUsagePerPart(limits.maxBytes());
                configurer.defaultCodecs().multipartReader(new MultipartHttpMessageReader(parts));
            }
        };
    }
}
