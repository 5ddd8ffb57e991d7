package dev.triptych.vision;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts vision-service. Component scanning finds {@code config}, which wires the rest. */
@SpringBootApplication(scanBasePackages = "dev.triptych.vision.config")
public class VisionServiceApplication {

    public static void main(String[] args) {
        // Pictures are decoded, never shown.
        System.setProperty("java.awt.headless", "true");
        SpringApplication.run(VisionServiceApplication.class, args);
    }
}
