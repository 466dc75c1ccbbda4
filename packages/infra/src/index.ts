export { type SynthesisInput, type SynthesizedGateway, type SynthesizedGateways, synthGateways } from "./app";
export { SynthesisFailure } from "./failures";
export { GatewayStack, type GatewayStackProps } from "./gateway-stack";
export { stateMachineDefinition } from "./state-machine";
