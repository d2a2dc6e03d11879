package org.apache.beam.runners.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Message;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.util.JsonFormat;
import textmill.flink.BatchTranslation;

/**
 * The entry class that Beam's Python Flink runner asks the cluster to start (its option flink_submit_uber_jar).
 *
 * <p>The client puts the pipeline and its options into a copy of this jar, as JSON below BEAM-PIPELINE.
 */
public final class FlinkPipelineRunner {
  private static final String FOLDER = "BEAM-PIPELINE/";

  private FlinkPipelineRunner() {}

  public static void main(String[] arguments) throws Exception {
    JsonNode manifest = new ObjectMapper().readTree(text("pipeline-manifest.json"));
    String name = manifest.get("defaultJobName").asText();
    RunnerApi.Pipeline.Builder pipeline = RunnerApi.Pipeline.newBuilder();
    parse(name + "/pipeline.json", pipeline);
    Struct.Builder options = Struct.newBuilder();
    parse(name + "/pipeline-options.json", options);
    BatchTranslation.run(pipeline.build(), options.build());
  }

  private static void parse(String path, Message.Builder into) throws IOException {
    JsonFormat.parser().ignoringUnknownFields().merge(text(path), into);
  }

  private static String text(String path) throws IOException {
    // The class loader of the submitted jar, not the one of the cluster's own class path.
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    try (InputStream source = loader.getResourceAsStream(FOLDER + path)) {
      if (source == null) {
        throw new FileNotFoundException(FOLDER + path + " is not in the submitted jar");
      }
      return new String(source.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
