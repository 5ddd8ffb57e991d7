package dev.triptych.gateway.jobs.files;

import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "triptych.jobs.max-file=8MB")
class FilesIT extends FilesContract {}
