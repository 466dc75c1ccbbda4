import type { SimulationReport } from "../simulate/simulation-report";

export const renderSimulationPage = (report: SimulationReport): string => JSON.stringify(report);
