package textmill.flink;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.fnexecution.control.BundleProgressHandler;
import org.apache.beam.runners.fnexecution.control.DefaultExecutableStageContext;
import org.apache.beam.runners.fnexecution.control.ExecutableStageContext;
import org.apache.beam.runners.fnexecution.control.OutputReceiverFactory;
import org.apache.beam.runners.fnexecution.control.ReferenceCountingExecutableStageContextFactory;
import org.apache.beam.runners.fnexecution.control.RemoteBundle;
import org.apache.beam.runners.fnexecution.control.StageBundleFactory;
import org.apache.beam.runners.fnexecution.provisioning.JobInfo;
import org.apache.beam.runners.fnexecution.state.StateRequestHandler;
import org.apache.beam.sdk.fn.data.FnDataReceiver;
import org.apache.beam.sdk.util.construction.graph.ExecutableStage;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.flink.api.common.functions.RichMapPartitionFunction;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.Collector;

/** One fused stage: sends its partition to an SDK worker as one bundle, and collects what comes back. */
final class StageFunction extends RichMapPartitionFunction<byte[], Tuple2<Integer, byte[]>> {
  private static final long serialVersionUID = 1;

  // One for each task manager, so that its stages share SDK workers instead of starting one each.
  private static final ExecutableStageContext.Factory CONTEXTS =
      ReferenceCountingExecutableStageContextFactory.create(
          DefaultExecutableStageContext::create, releaseAtOnce -> false);

  private final byte[] payload;
  private final JobInfo job;
  private final Wire<WindowedValue<Object>> input;
  private final HashMap<String, Integer> outputNumbers;
  private final ArrayList<Wire<WindowedValue<Object>>> outputs;

  private transient ExecutableStageContext context;
  private transient StageBundleFactory bundles;
  private transient StageMetrics metrics;

  StageFunction(
      byte[] payload,
      JobInfo job,
      Wire<WindowedValue<Object>> input,
      HashMap<String, Integer> outputNumbers,
      ArrayList<Wire<WindowedValue<Object>>> outputs) {
    this.payload = payload;
    this.job = job;
    this.input = input;
    this.outputNumbers = outputNumbers;
    this.outputs = outputs;
  }

  @Override
  public void open(Configuration parameters) throws Exception {
    metrics = new StageMetrics();
    getRuntimeContext().addAccumulator(StageMetrics.NAME, metrics);
    context = CONTEXTS.get(job);
    bundles =
        context.getStageBundleFactory(
            ExecutableStage.fromPayload(RunnerApi.ExecutableStagePayload.parseFrom(payload)));
  }

  @Override
  public void mapPartition(Iterable<byte[]> elements, Collector<Tuple2<Integer, byte[]>> out) throws Exception {
    // Results arrive on threads of the channel; Flink's collector belongs to this thread.
    Queue<Tuple2<Integer, byte[]>> results = new ConcurrentLinkedQueue<>();
    OutputReceiverFactory receivers =
        new OutputReceiverFactory() {
          @Override
          public <T> FnDataReceiver<T> create(String collection) {
            int number = outputNumbers.get(collection);
            Wire<WindowedValue<Object>> wire = outputs.get(number);
            return element -> results.add(Tuple2.of(number, wire.encode(asWindowed(element))));
          }
        };
    try (RemoteBundle bundle =
        bundles.getBundle(receivers, StateRequestHandler.unsupported(), progress())) {
      @SuppressWarnings("unchecked")
      FnDataReceiver<WindowedValue<Object>> receiver =
          (FnDataReceiver<WindowedValue<Object>>) bundle.getInputReceivers().values().iterator().next();
      for (byte[] element : elements) {
        receiver.accept(input.decode(element));
        drain(results, out);
      }
    }
    drain(results, out);
  }

  private BundleProgressHandler progress() {
    return new BundleProgressHandler() {
      @Override
      public void onProgress(BeamFnApi.ProcessBundleProgressResponse response) {
        // Counted once, at the end: what a running bundle has counted may yet be repeated.
      }

      @Override
      public void onCompleted(BeamFnApi.ProcessBundleResponse response) {
        metrics.add(getRuntimeContext().getTaskInfo().getTaskName(), response.getMonitoringInfosList());
      }
    };
  }

  @Override
  public void close() throws Exception {
    if (bundles != null) {
      bundles.close();
    }
    if (context != null) {
      context.close();
    }
  }

  private static void drain(Queue<Tuple2<Integer, byte[]>> results, Collector<Tuple2<Integer, byte[]>> out) {
    for (Tuple2<Integer, byte[]> result = results.poll(); result != null; result = results.poll()) {
      out.collect(result);
    }
  }

  @SuppressWarnings("unchecked")
  private static WindowedValue<Object> asWindowed(Object element) {
    return (WindowedValue<Object>) element;
  }
}
