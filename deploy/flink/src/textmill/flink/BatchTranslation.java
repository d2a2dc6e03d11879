package textmill.flink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.fnexecution.provisioning.JobInfo;
import org.apache.beam.runners.fnexecution.wire.WireCoders;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.graph.ExecutableStage;
import org.apache.beam.sdk.util.construction.graph.GreedyPipelineFuser;
import org.apache.beam.sdk.util.construction.graph.PipelineNode;
import org.apache.beam.sdk.util.construction.graph.QueryablePipeline;
import org.apache.beam.sdk.util.construction.graph.TrivialNativeTransformExpander;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.flink.api.common.ExecutionMode;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.functions.GroupReduceFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.DataSet;
import org.apache.flink.api.java.ExecutionEnvironment;
import org.apache.flink.api.java.io.DiscardingOutputFormat;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.util.Collector;

/**
 * A portable Beam pipeline as a Flink batch job.
 *
 * <p>Covers what a bounded pipeline in the global window needs: impulse, fused stages of the SDK, grouping by key,
 * flatten and reshuffle. Everything else (side inputs, state, timers, other windows) is refused by name before the job
 * starts. Stages run in SDK workers through Beam's own harness library, in whatever environment the pipeline names.
 */
public final class BatchTranslation {
  private static final TypeInformation<byte[]> BYTES = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
  private static final Set<String> PRIMITIVES =
      Set.of(
          PTransformTranslation.IMPULSE_TRANSFORM_URN,
          PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN,
          PTransformTranslation.FLATTEN_TRANSFORM_URN,
          PTransformTranslation.RESHUFFLE_URN);

  private final ExecutionEnvironment environment;
  private final RunnerApi.Components components;
  private final JobInfo job;
  private final Map<String, DataSet<byte[]>> collections = new HashMap<>();
  private final Set<String> consumed = new HashSet<>();

  private BatchTranslation(ExecutionEnvironment environment, RunnerApi.Components components, JobInfo job) {
    this.environment = environment;
    this.components = components;
    this.job = job;
  }

  /** Translate the pipeline and submit it to the cluster that this program was started by. */
  public static void run(RunnerApi.Pipeline pipeline, Struct options) throws Exception {
    String name = option(options, "job_name", "beam");
    ExecutionEnvironment environment = ExecutionEnvironment.getExecutionEnvironment();
    String parallelism = option(options, "parallelism", "");
    if (!parallelism.isEmpty() && Double.parseDouble(parallelism) > 0) {
      environment.setParallelism((int) Double.parseDouble(parallelism));
    }
    // A stage starts when the one before has ended, so that results of finished stages survive a lost task manager.
    environment.getConfig().setExecutionMode(ExecutionMode.BATCH_FORCED);
    RunnerApi.Pipeline fused =
        GreedyPipelineFuser.fuse(TrivialNativeTransformExpander.forKnownUrns(pipeline, PRIMITIVES)).toPipeline();
    new BatchTranslation(environment, fused.getComponents(), JobInfo.create(name, name, "", options))
        .translate(QueryablePipeline.forTransforms(fused.getRootTransformIdsList(), fused.getComponents()));
    environment.execute(name);
  }

  private static String option(Struct options, String name, String otherwise) {
    var value = options.getFieldsMap().get("beam:option:" + name + ":v1");
    if (value == null) {
      return otherwise;
    }
    return value.hasNumberValue() ? Double.toString(value.getNumberValue()) : value.getStringValue();
  }

  private void translate(QueryablePipeline pipeline) throws IOException {
    for (PipelineNode.PTransformNode node : pipeline.getTopologicallyOrderedTransforms()) {
      RunnerApi.PTransform transform = node.getTransform();
      consumed.addAll(transform.getInputsMap().values());
      switch (transform.getSpec().getUrn()) {
        case PTransformTranslation.IMPULSE_TRANSFORM_URN:
          impulse(transform);
          break;
        case PTransformTranslation.FLATTEN_TRANSFORM_URN:
          flatten(transform);
          break;
        case PTransformTranslation.RESHUFFLE_URN:
          collections.put(output(transform), collections.get(input(transform)).rebalance());
          break;
        case PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN:
          group(transform);
          break;
        case ExecutableStage.URN:
          stage(transform);
          break;
        default:
          throw new UnsupportedOperationException(
              "this runner has no " + transform.getSpec().getUrn() + " (" + transform.getUniqueName() + ")");
      }
    }
    for (Map.Entry<String, DataSet<byte[]>> collection : collections.entrySet()) {
      if (!consumed.contains(collection.getKey())) {
        collection.getValue().output(new DiscardingOutputFormat<>());
      }
    }
  }

  private void impulse(RunnerApi.PTransform transform) throws IOException {
    Wire<WindowedValue<byte[]>> wire = new Wire<>(coder(output(transform)));
    byte[] element = wire.encode(WindowedValues.valueInGlobalWindow(new byte[0]));
    collections.put(output(transform), environment.fromCollection(List.of(element), BYTES).name("Impulse"));
  }

  private void flatten(RunnerApi.PTransform transform) throws IOException {
    Coder<WindowedValue<Object>> target = coder(output(transform));
    DataSet<byte[]> union = null;
    for (String id : transform.getInputsMap().values()) {
      Coder<WindowedValue<Object>> source = coder(id);
      DataSet<byte[]> collection = collections.get(id);
      if (!source.equals(target)) {
        collection = collection.map(new Recode(new Wire<>(source), new Wire<>(target))).returns(BYTES);
      }
      union = union == null ? collection : union.union(collection);
    }
    collections.put(
        output(transform), union == null ? environment.fromCollection(List.of(), BYTES) : union);
  }

  private void group(RunnerApi.PTransform transform) throws IOException {
    Coder<WindowedValue<KV<Object, Object>>> coder = coder(input(transform));
    KvCoder<Object, Object> pair =
        (KvCoder<Object, Object>) ((WindowedValues.WindowedValueCoder<KV<Object, Object>>) coder).getValueCoder();
    Wire<Object> key = new Wire<>(pair.getKeyCoder());
    Wire<Object> value = new Wire<>(pair.getValueCoder());
    Coder<WindowedValue<KV<Object, Iterable<Object>>>> grouped = coder(output(transform));
    Coder<?> groupedPair =
        ((WindowedValues.WindowedValueCoder<KV<Object, Iterable<Object>>>) grouped).getValueCoder();
    if (!groupedPair.equals(KvCoder.of(pair.getKeyCoder(), IterableCoder.of(pair.getValueCoder())))) {
      throw new UnsupportedOperationException("unexpected coder of groups: " + groupedPair);
    }
    collections.put(
        output(transform),
        collections
            .get(input(transform))
            .map(new SplitPair(new Wire<>(coder), key, value))
            .returns(Types.TUPLE(Types.STRING, BYTES))
            .groupBy(0)
            .reduceGroup(new Gather(key, value, new Wire<>(grouped)))
            .returns(BYTES)
            .name(transform.getUniqueName()));
  }

  private void stage(RunnerApi.PTransform transform) throws IOException {
    RunnerApi.ExecutableStagePayload payload =
        RunnerApi.ExecutableStagePayload.parseFrom(transform.getSpec().getPayload());
    if (payload.getSideInputsCount() + payload.getUserStatesCount() + payload.getTimersCount() > 0) {
      throw new UnsupportedOperationException(
          "this runner has no side inputs, state or timers (" + transform.getUniqueName() + ")");
    }
    List<String> outputs = new ArrayList<>(transform.getOutputsMap().values());
    Map<String, Integer> numbers = new HashMap<>();
    ArrayList<Wire<WindowedValue<Object>>> wires = new ArrayList<>();
    for (String id : outputs) {
      numbers.put(id, wires.size());
      wires.add(new Wire<>(coder(id)));
    }
    Wire<WindowedValue<Object>> input = new Wire<>(coder(payload.getInput()));
    StageFunction function = new StageFunction(payload.toByteArray(), job, input, new HashMap<>(numbers), wires);
    DataSet<Tuple2<Integer, byte[]>> tagged =
        collections
            .get(payload.getInput())
            .mapPartition(function)
            .returns(Types.TUPLE(Types.INT, BYTES))
            .name(transform.getUniqueName());
    if (outputs.isEmpty()) {
      tagged.output(new DiscardingOutputFormat<>()); // without a sink Flink would not run it
    }
    for (String id : outputs) {
      collections.put(id, tagged.flatMap(new Only(numbers.get(id))).returns(BYTES));
    }
  }

  private <T> Coder<WindowedValue<T>> coder(String collection) throws IOException {
    RunnerApi.PCollection proto = components.getPcollectionsOrThrow(collection);
    RunnerApi.WindowingStrategy windowing = components.getWindowingStrategiesOrThrow(proto.getWindowingStrategyId());
    if (!windowing.getWindowFn().getUrn().equals("beam:window_fn:global_windows:v1")) {
      throw new UnsupportedOperationException("this runner has the global window only (" + proto.getUniqueName() + ")");
    }
    return WireCoders.instantiateRunnerWireCoder(PipelineNode.pCollection(collection, proto), components);
  }

  private static String input(RunnerApi.PTransform transform) {
    return transform.getInputsMap().values().iterator().next();
  }

  private static String output(RunnerApi.PTransform transform) {
    return transform.getOutputsMap().values().iterator().next();
  }

  private static final class Recode implements MapFunction<byte[], byte[]> {
    private final Wire<WindowedValue<Object>> source;
    private final Wire<WindowedValue<Object>> target;

    Recode(Wire<WindowedValue<Object>> source, Wire<WindowedValue<Object>> target) {
      this.source = source;
      this.target = target;
    }

    @Override
    public byte[] map(byte[] element) throws IOException {
      return target.encode(source.decode(element));
    }
  }

  private static final class Only implements FlatMapFunction<Tuple2<Integer, byte[]>, byte[]> {
    private final int output;

    Only(int output) {
      this.output = output;
    }

    @Override
    public void flatMap(Tuple2<Integer, byte[]> element, Collector<byte[]> out) {
      if (element.f0 == output) {
        out.collect(element.f1);
      }
    }
  }

  private static final class SplitPair implements MapFunction<byte[], Tuple2<String, byte[]>> {
    private final Wire<WindowedValue<KV<Object, Object>>> wire;
    private final Wire<Object> key;
    private final Wire<Object> value;

    SplitPair(Wire<WindowedValue<KV<Object, Object>>> wire, Wire<Object> key, Wire<Object> value) {
      this.wire = wire;
      this.key = key;
      this.value = value;
    }

    @Override
    public Tuple2<String, byte[]> map(byte[] element) throws IOException {
      KV<Object, Object> pair = wire.decode(element).getValue();
      return Tuple2.of(Base64.getEncoder().encodeToString(key.encode(pair.getKey())), value.encode(pair.getValue()));
    }
  }

  private static final class Gather implements GroupReduceFunction<Tuple2<String, byte[]>, byte[]> {
    private final Wire<Object> key;
    private final Wire<Object> value;
    private final Wire<WindowedValue<KV<Object, Iterable<Object>>>> wire;

    Gather(Wire<Object> key, Wire<Object> value, Wire<WindowedValue<KV<Object, Iterable<Object>>>> wire) {
      this.key = key;
      this.value = value;
      this.wire = wire;
    }

    @Override
    public void reduce(Iterable<Tuple2<String, byte[]>> pairs, Collector<byte[]> out) throws IOException {
      String encodedKey = null;
      List<Object> values = new ArrayList<>();
      for (Tuple2<String, byte[]> pair : pairs) {
        encodedKey = pair.f0;
        values.add(value.decode(pair.f1));
      }
      Object decodedKey = key.decode(Base64.getDecoder().decode(encodedKey));
      out.collect(wire.encode(WindowedValues.valueInGlobalWindow(KV.of(decodedKey, values))));
    }
  }
}
