/**
 * vision-service: pictures in, names out, over HTTP and Kafka. Here is only the entry point; the packages below go by
 * what they do, from the doors ({@code api}, {@code job}) inwards to {@code image}.
 */
@NullMarked
package dev.triptych.vision;

import org.jspecify.annotations.NullMarked;
