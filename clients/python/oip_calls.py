"""The Open Inference Protocol v2 over REST and gRPC against a running suite, with numbers held against onnxruntime.

The gRPC client is generated from the suite's own .proto file at each run.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import grpc
import numpy as np
import onnxruntime
from grpc_tools import protoc

BASE = os.environ.get("TRIPTYCH_URL", "http://localhost:8080")
GRPC = os.environ.get("TRIPTYCH_GRPC", "localhost:8083")
MODEL = "all-minilm-l6-v2"
SUITE = Path(__file__).resolve().parents[2]
PROTO = SUITE / "gateway-service" / "src" / "main" / "proto" / "open_inference.proto"
# Two versions of the runtime round single sums differently.
TOLERANCE = 3e-6

ids = np.array([[101, 1996, 4937, 7719, 102], [101, 1037, 3345, 102, 0]], dtype=np.int64)
FEEDS = {"input_ids": ids, "attention_mask": (ids > 0).astype(np.int64), "token_type_ids": np.zeros_like(ids)}


def http(path: str, body: bytes | None = None, headers: dict | None = None) -> tuple[int, dict, bytes]:
    request = urllib.request.Request(BASE + path, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def expected() -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(SUITE / "models" / MODEL / "onnx" / "model.onnx"), options, providers=["CPUExecutionProvider"])
    return session.run(["last_hidden_state"], FEEDS)[0]


def farthest(values: np.ndarray) -> float:
    return float(np.abs(values - expected()).max())


def rest_json() -> float:
    inputs = [{"name": name, "shape": list(value.shape), "datatype": "INT64", "data": value.tolist()}
              for name, value in FEEDS.items()]
    status, _, body = http(f"/v2/models/{MODEL}/infer", json.dumps({"inputs": inputs}).encode(),
                           {"Content-Type": "application/json"})
    assert status == 200, body
    output = json.loads(body)["outputs"][0]
    return farthest(np.array(output["data"], dtype=np.float32).reshape(output["shape"]))


def rest_binary() -> float:
    inputs = [{"name": name, "shape": list(value.shape), "datatype": "INT64", "parameters": {"binary_data_size": value.nbytes}}
              for name, value in FEEDS.items()]
    head = json.dumps({"inputs": inputs, "parameters": {"binary_data_output": True}}).encode()
    status, headers, body = http(
        f"/v2/models/{MODEL}/infer", head + b"".join(value.tobytes() for value in FEEDS.values()),
        {"Content-Type": "application/octet-stream", "Inference-Header-Content-Length": str(len(head))})
    assert status == 200, body
    length = int({name.lower(): value for name, value in headers.items()}["inference-header-content-length"])
    output = json.loads(body[:length])["outputs"][0]
    return farthest(np.frombuffer(body[length:], dtype="<f4").reshape(output["shape"]))


def generated():
    folder = tempfile.mkdtemp()
    if protoc.main(["protoc", f"-I{PROTO.parent}", f"--python_out={folder}", f"--grpc_python_out={folder}", PROTO.name]) != 0:
        raise RuntimeError("the .proto file does not compile")
    sys.path.insert(0, folder)
    import open_inference_pb2
    import open_inference_pb2_grpc

    return open_inference_pb2, open_inference_pb2_grpc


def grpc_calls() -> None:
    messages, service = generated()
    stub = service.GRPCInferenceServiceStub(grpc.insecure_channel(GRPC))
    assert stub.ServerLive(messages.ServerLiveRequest(), timeout=30).live
    assert stub.ServerReady(messages.ServerReadyRequest(), timeout=30).ready
    assert stub.ModelReady(messages.ModelReadyRequest(name=MODEL), timeout=30).ready
    metadata = stub.ModelMetadata(messages.ModelMetadataRequest(name=MODEL), timeout=30)
    assert {tensor.name for tensor in metadata.inputs} == set(FEEDS)
    print("ok 3 gRPC: live, ready, metadata")
    request = messages.ModelInferRequest(model_name=MODEL)
    for name, value in FEEDS.items():
        request.inputs.add(name=name, datatype="INT64", shape=value.shape)
        request.raw_input_contents.append(value.tobytes())
    answer = stub.ModelInfer(request, timeout=30)
    raw = farthest(np.frombuffer(answer.raw_output_contents[0], dtype="<f4").reshape(answer.outputs[0].shape))
    assert raw <= TOLERANCE, raw
    print(f"ok 4 gRPC, raw tensors: at most {raw:.1e} from onnxruntime {onnxruntime.__version__}")
    del request.raw_input_contents[:]
    for tensor, value in zip(request.inputs, FEEDS.values()):
        tensor.contents.int64_contents.extend(value.reshape(-1).tolist())
    answer = stub.ModelInfer(request, timeout=30)
    typed = farthest(np.array(answer.outputs[0].contents.fp32_contents, dtype=np.float32).reshape(answer.outputs[0].shape))
    assert typed <= TOLERANCE, typed
    print(f"ok 5 gRPC, typed tensors: at most {typed:.1e}")
    try:
        stub.ModelInfer(messages.ModelInferRequest(model_name="nobodys"), timeout=30)
        raise AssertionError("an unknown model answered")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.NOT_FOUND, error
    print("ok 6 gRPC: an unknown model is not found")


def refusals() -> None:
    status, _, body = http(f"/v2/models/{MODEL}/infer", b'{"inputs":[]}', {"Content-Type": "application/json"})
    assert status == 422 and "input_ids" in json.loads(body)["error"], (status, body)
    assert http("/v2/models/nobodys")[0] == 404
    print("ok 7 REST: what does not fit is refused by name")


if __name__ == "__main__":
    for number, (name, work) in enumerate((("JSON", rest_json), ("raw tensors", rest_binary)), 1):
        difference = work()
        assert difference <= TOLERANCE, difference
        print(f"ok {number} REST, {name}: at most {difference:.1e} from onnxruntime {onnxruntime.__version__}")
    grpc_calls()
    refusals()
    print("Open Inference Protocol: 7 of 7")
