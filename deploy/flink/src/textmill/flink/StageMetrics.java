package textmill.flink;

import java.io.Serializable;
import org.apache.beam.model.jobmanagement.v1.JobApi;
import org.apache.beam.model.pipeline.v1.MetricsApi;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.util.JsonFormat;
import org.apache.flink.api.common.accumulators.Accumulator;
import org.apache.flink.api.common.accumulators.SimpleAccumulator;

/** Beam's metrics as a Flink accumulator, under the name and in the form in which Beam's Python client asks for them. */
final class StageMetrics implements SimpleAccumulator<StageMetrics.Value> {
  static final String NAME = "__metricscontainers";

  private static final long serialVersionUID = 1;

  private Value value = new Value();

  /** What the stages of a job have counted so far. */
  static final class Value implements Serializable {
    private static final long serialVersionUID = 1;

    private final MetricsContainerStepMap steps = new MetricsContainerStepMap();

    @Override
    public String toString() {
      JobApi.MetricResults.Builder results = JobApi.MetricResults.newBuilder();
      steps.getMonitoringInfos().forEach(results::addAttempted);
      try {
        return JsonFormat.printer().print(JobApi.GetJobMetricsResponse.newBuilder().setMetrics(results));
      } catch (InvalidProtocolBufferException error) {
        throw new IllegalStateException(error);
      }
    }
  }

  void add(String stage, Iterable<MetricsApi.MonitoringInfo> infos) {
    value.steps.getContainer(stage).update(infos);
  }

  @Override
  public void add(Value more) {
    value.steps.updateAll(more.steps);
  }

  @Override
  public Value getLocalValue() {
    return value;
  }

  @Override
  public void resetLocal() {
    value = new Value();
  }

  @Override
  public void merge(Accumulator<Value, Value> other) {
    add(other.getLocalValue());
  }

  @Override
  public StageMetrics clone() {
    StageMetrics copy = new StageMetrics();
    copy.add(value);
    return copy;
  }
}
